"""The one cache policy of all queries."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

import streamlit as st

from dashboards import access
from dashboards.views import View

P = ParamSpec("P")
R = TypeVar("R")

_ANSWERS_A_QUERY = 512
# A version is immutable, so an answer never becomes wrong; it only becomes old.
_KEPT_SECONDS = 24 * 3600


def cached(question: Callable[Concatenate[View, P], R]) -> Callable[Concatenate[View, P], R]:
    """Keep the answers of a question about a view. Whether its client may be shown is asked each time.

    Tables are kept as Arrow: everyone gets a copy of a cached answer, and Arrow copies in next to no time.
    """
    remembered = st.cache_data(max_entries=_ANSWERS_A_QUERY, ttl=_KEPT_SECONDS, show_spinner=False)(question)

    @wraps(question)
    def ask(view: View, /, *args: P.args, **kwargs: P.kwargs) -> R:
        access.check(view.client_id)
        return remembered(view, *args, **kwargs)

    return ask
