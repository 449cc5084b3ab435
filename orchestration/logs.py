"""How a run tells of itself on a console: the lines of our own steps, without Dagster's events and tracebacks."""

from __future__ import annotations

import logging
from typing import Any

import dagster as dg


class _OwnLinesOnly(logging.Filter):
    """Lets through what a step said itself; failures are told once, at the end, in their own words."""

    def filter(self, record: logging.LogRecord) -> bool:
        meta: dict[str, Any] = getattr(record, "dagster_meta", {})
        return meta.get("dagster_event") is None and logging.INFO <= record.levelno < logging.ERROR


class _PlainLine(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        meta: dict[str, Any] = getattr(record, "dagster_meta", {})
        step = meta.get("step_key") or meta.get("op_name") or ""
        line = f"  {step}: {meta.get('orig_message') or record.getMessage()}"
        return line if record.levelno < logging.WARNING else f"{line} ({record.levelname.lower()})"


@dg.logger
def console(init_context: dg.InitLoggerContext) -> logging.Logger:
    """The console logger of our jobs."""
    # One of its own, so that no other configuration of logging doubles or hides its lines.
    logger = logging.Logger("duebook", level=logging.INFO)  # noqa: LOG001
    handler = logging.StreamHandler()
    handler.setFormatter(_PlainLine())
    handler.addFilter(_OwnLinesOnly())
    logger.addHandler(handler)
    return logger
