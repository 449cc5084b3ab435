"""What a client's CFO sees: dashboards over the published snapshots, read-only."""

from dashboards.server import command

__all__ = ["command"]
