"""What every page has: a heading that says whose figures these are and how new, and plain words when it fails."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import Any, ParamSpec

import streamlit as st

from dashboards.access import open_client
from dashboards.formats import as_markdown
from dashboards.session import Selected
from duebook.errors import DuebookError, NoSnapshotError
from duebook.snapshot import last_refusal

ASSETS = Path(__file__).parent / "assets"

P = ParamSpec("P")


def set_up() -> None:
    """Title, logo and looks of the whole app."""
    st.set_page_config(page_title="Duebook", page_icon=str(ASSETS / "icon.svg"), layout="wide")
    st.logo(str(ASSETS / "logo.svg"), size="large", icon_image=str(ASSETS / "icon.svg"))
    st.html(ASSETS / "style.css")


def heading(title: str, chosen: Selected) -> None:
    """The page's title with the client, the day, and when the figures were published."""
    st.title(title, anchor=False)
    known = chosen.facts
    parts = [
        f"**{as_markdown(known.name)}**",
        f"end of {chosen.day.isoformat()}",
        f"published {known.published_at:%Y-%m-%d %H:%M} {as_markdown(known.published_at.tzname() or '')}",
    ]
    st.caption(" · ".join(parts))
    _tell_of_refusal(chosen)


def _tell_of_refusal(chosen: Selected) -> None:
    """Newer figures that did not pass their audits are not shown; that there are such is."""
    refusal = last_refusal(open_client(chosen.view.client_id))
    if refusal is None:
        return
    with st.container(key="refused"):
        st.warning(
            f"A later run, as of {refusal.as_of.isoformat()}, did not pass its audits and was not published. "
            "These are the last figures that did.",
            icon=":material/gpp_maybe:",
        )
        with st.expander("What the audit found"):
            st.text(refusal.reason)


@contextmanager
def plain_failures() -> Iterator[None]:
    """Show what went wrong in the words of the error; a reader never meets a traceback."""
    try:
        yield
    except NoSnapshotError as error:
        with st.container(key="nothing-published"):
            st.subheader("No figures yet", anchor=False)
            st.text(str(error))
            st.caption("The first run reads the client's books, checks them and publishes them. Then reload this page.")
    except DuebookError as error:
        st.error(as_markdown(str(error)), icon=":material/info:")


def fragment(part: Callable[P, Any]) -> Callable[P, Any]:
    """A part of a page that is drawn again on its own, and fails on its own."""

    @wraps(part)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> Any:
        with plain_failures():
            return part(*args, **kwargs)

    return st.fragment(guarded)
