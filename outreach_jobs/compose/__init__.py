"""From a due message to its text, in the customer's language."""

from outreach_jobs.compose.library import TemplateLibrary
from outreach_jobs.compose.render import Rendered, render

__all__ = ["Rendered", "TemplateLibrary", "render"]
