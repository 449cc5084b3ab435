"""A letter as PDF, typeset by typst with the fonts it brings along."""

from __future__ import annotations

import json
from functools import cached_property

import typst

from duebook.clients import Client
from duebook.errors import ConfigError, DuebookError
from outreach_jobs.compose.clean import clean_line
from outreach_jobs.compose.library import LETTER_LAYOUT, TemplateLibrary
from outreach_jobs.compose.render import Rendered
from outreach_jobs.deliver.address import postal_recipient
from outreach_jobs.deliver.email_file import noon
from outreach_jobs.due import DueMessage


class LetterPress:
    """Typesets letters; one compiler serves all of a run, since starting one takes longer than a letter."""

    def __init__(self, client: Client, library: TemplateLibrary) -> None:
        self.client = client
        self.layout = library.path(LETTER_LAYOUT)

    @cached_property
    def _compiler(self) -> typst.Compiler:
        # Fonts of the machine would make the same letter look different elsewhere.
        return typst.Compiler(self.layout, root=self.layout.parent, ignore_system_fonts=True)

    def print(self, message: DueMessage, rendered: Rendered) -> bytes:
        """One letter.

        Raises:
            DuebookError: the address is incomplete, or the text has characters the fonts cannot print.
            ConfigError: the layout cannot be compiled.
        """
        content = json.dumps(self._content(message, rendered), ensure_ascii=False)
        if missing := _unprintable(content):
            raise DuebookError(
                f"Customer {clean_line(message.customer_id)}: the letter has characters its fonts cannot print "
                f"({missing}). Enter the name and address in Latin, Greek or Cyrillic letters in the ERP."
            )
        try:
            pdf = self._compiler.compile(
                format="pdf",
                sys_inputs={"letter": content},
                timestamp=int(noon(message.as_of, self.client).timestamp()),
            )
        except typst.TypstError as error:
            raise ConfigError(f"{self.layout}: cannot be typeset: {error.message}.") from None
        if not isinstance(pdf, bytes):
            raise ConfigError(f"{self.layout}: gave no document.")
        return pdf

    def _content(self, message: DueMessage, rendered: Rendered) -> dict[str, object]:
        sender, labels = self.client.sender, rendered.labels
        info = [
            (labels.customer_number, clean_line(message.customer_id)),
            (labels.telephone, sender.phone or ""),
            (labels.email, sender.reply_to or sender.email),
            (labels.date, rendered.formats.long_date(message.as_of)),
        ]
        company = self.client.name
        return {
            "language": rendered.language.partition("-")[0],
            "subject": rendered.subject,
            "sender": {
                "name": sender.name,
                "company": company,
                "line": " · ".join(dict.fromkeys((company, *sender.address))),
            },
            "recipient": postal_recipient(message, self.client),
            "info": [pair for pair in info if pair[1]],
            "before": rendered.before,
            "table": rendered.table.as_dict(),
            "after": rendered.after,
            "page": labels.page,
        }


def _unprintable(text: str) -> str:
    """The first few characters beyond the scripts that the bundled fonts cover."""
    beyond = (c for c in text if 0x530 <= ord(c) < 0x1E00 or ord(c) >= 0x2DE0)
    return " ".join(dict.fromkeys(beyond))[:9]
