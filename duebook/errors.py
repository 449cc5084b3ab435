"""Errors that are read by people: what is wrong, where, and what to do."""

from __future__ import annotations


class DuebookError(Exception):
    """Something a user can understand and mend.

    The message is one or two plain lines that say what is wrong, where, and what to do.
    The command line prints it as it is; a traceback would mean a defect of Duebook itself.
    """


class ConfigError(DuebookError):
    """A client's configuration is wrong or incomplete; names the file, the key and what would be right."""


class ClientBusyError(DuebookError):
    """Another run of the same client is under way."""


class SourceError(DuebookError):
    """A client's source cannot be read: unreachable, refused, or not of the expected shape.

    ``is_worth_retrying`` is true where the same call may succeed a moment later.
    """

    is_worth_retrying = False


class SourceUnavailableError(SourceError):
    """A source did not answer, or broke off; the same call may succeed a moment later."""

    is_worth_retrying = True


class AuditError(DuebookError):
    """A number failed its audit; the last good snapshot stays published."""


class NoSnapshotError(DuebookError):
    """Nothing has been published for this client yet."""


class ReportError(DuebookError):
    """A report was asked for in a way it cannot be given: unknown name, date or format."""


class QueryError(DuebookError):
    """A query on a snapshot was refused or failed."""
