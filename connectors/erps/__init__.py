"""What to read: one module an ERP, declarative."""
