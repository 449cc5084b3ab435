"""The one cache policy of all queries."""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec, TypeVar

import streamlit as st

P = ParamSpec("P")
R = TypeVar("R")

_ANSWERS_A_QUERY = 512
# A version is immutable, so an answer never becomes wrong; it only becomes old.
_KEPT_SECONDS = 24 * 3600


def cached(question: Callable[P, R]) -> Callable[P, R]:
    """Keep the answers of a question whose first parameter is a ``View``.

    Tables are kept as Arrow: everyone gets a copy of a cached answer, and Arrow copies in next to no time.
    """
    return st.cache_data(max_entries=_ANSWERS_A_QUERY, ttl=_KEPT_SECONDS, show_spinner=False)(question)
