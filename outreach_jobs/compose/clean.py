"""Making text from an ERP harmless before it is shown, printed, put into a header or used in a file name."""

from __future__ import annotations

import re
import unicodedata

# Bidirectional controls can make an amount or an address read as another one; zero-width characters hide text.
_CONTROL_CATEGORIES = {"Cc", "Cf", "Cs", "Zl", "Zp"}


def clean_line(text: str | None) -> str:
    """One line of plain text: no control, formatting or bidirectional characters, single spaces."""
    kept = "".join(
        " " if character.isspace() else "" if unicodedata.category(character) in _CONTROL_CATEGORIES else character
        for character in unicodedata.normalize("NFC", text or "")
    )
    return " ".join(kept.split())


def file_part(text: str) -> str:
    """A piece of a file name that is the same on every system."""
    safe = re.sub(r"[^A-Za-z0-9_-]+", "-", unicodedata.normalize("NFKD", text)).strip("-")
    return safe[:60] or "customer"
