"""Ground floor: client configuration, where things lie, published snapshots, named reports."""
