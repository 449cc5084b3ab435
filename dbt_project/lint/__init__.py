"""What dbt gives to jinja and sqlfluff's own stand-ins do not: our variables, and dispatch between engines.

Every public name here is a name in the templates (``library_path`` in pyproject.toml).
"""

from pathlib import Path as _Path

import yaml as _yaml
from jinja2 import pass_context as _pass_context

_VARIABLES = _yaml.safe_load((_Path(__file__).parents[1] / "dbt_project.yml").read_text(encoding="utf-8"))["vars"]


def var(name, default=None):
    """The project's own variables, as dbt has them when it parses."""
    return _VARIABLES.get(name, default)


class _Adapter:
    """Dispatches to the macros of DuckDB, which are the default ones."""

    @_pass_context
    def dispatch(context, name):
        return context.resolve(f"default__{name}")

    dispatch = staticmethod(dispatch)


adapter = _Adapter()
