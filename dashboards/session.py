"""What the reader looks at: a client, its newest published version, and a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import streamlit as st

from dashboards import access
from dashboards.queries.balances import Facts, facts
from dashboards.views import View, client_name, open_view

_CLIENT = "client"
_SELECTED = "selected"


@dataclass(frozen=True)
class Selected:
    """The view and day a page shows. ``day`` is meant as the end of that day."""

    view: View
    facts: Facts
    day: date


def choose_client() -> str | None:
    """The picker of clients; None where there is none to pick.

    The client in the address (``?client=``) comes first, so that a link shows what its sender saw.

    Raises:
        AccessError: the address names a client that is not shown here.
    """
    clients = access.allowed_clients()
    asked = st.query_params.get(_CLIENT)
    if asked in clients and st.session_state.get(_CLIENT) != asked:
        st.session_state[_CLIENT] = asked
    if st.session_state.get(_CLIENT) not in clients:
        st.session_state.pop(_CLIENT, None)
    refused = asked is not None and asked not in clients
    if clients:
        st.sidebar.selectbox(
            "Client",
            clients,
            index=None if refused and _CLIENT not in st.session_state else 0,
            format_func=client_name,
            key=_CLIENT,
            on_change=_follow_in_address,
            placeholder="Choose a client",
        )
    if refused:
        access.open_client(str(asked))
    if not clients:
        return None
    chosen = str(st.session_state[_CLIENT])
    st.query_params[_CLIENT] = chosen
    return chosen


def _follow_in_address() -> None:
    st.query_params[_CLIENT] = st.session_state[_CLIENT]


def choose_day(client_id: str) -> Selected:
    """The picker of the day; remembers what was chosen for the page.

    Raises:
        NoSnapshotError: nothing has been published for the client.
    """
    view = open_view(client_id)
    known = facts(view)
    day = st.sidebar.date_input(
        "As of",
        value=known.as_of,
        min_value=min(known.first_day, known.as_of),
        max_value=known.as_of,
        format="YYYY-MM-DD",
        # The picker of another client, or of newer figures, begins at their own day.
        key=f"day:{view.client_id}:{view.version}",
        help="The end of this day: later documents and later payments do not exist yet.",
    )
    selected = Selected(view, known, day if isinstance(day, date) else known.as_of)
    st.session_state[_SELECTED] = selected
    return selected


def selected() -> Selected:
    """What was chosen in this run."""
    chosen: Selected = st.session_state[_SELECTED]
    return chosen
