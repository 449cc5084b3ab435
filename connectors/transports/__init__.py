"""How to talk: SQL, files. A transport knows nothing of any ERP."""
