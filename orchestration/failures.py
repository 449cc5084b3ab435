"""How an error of ours becomes a failed step that says in plain words what to do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import dagster as dg

from duebook.errors import DuebookError, SourceError


@contextmanager
def plain_failures() -> Iterator[None]:
    """Let a DuebookError end the step with its own words.

    Only a source that could not be read is worth another try: what a person has to mend is not.
    """
    try:
        yield
    except SourceError as error:
        raise dg.Failure(str(error), allow_retries=error.is_worth_retrying) from None
    except DuebookError as error:
        raise dg.Failure(str(error), allow_retries=False) from None
