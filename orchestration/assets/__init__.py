"""The assets of a client, one module a stage."""
