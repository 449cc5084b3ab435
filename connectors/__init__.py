"""Connectors read ERPs and land what they say. Nothing outside this room knows an ERP."""
