"""An email as the bytes that would be sent."""

from __future__ import annotations

import hashlib
from datetime import date, datetime, time
from email.header import Header
from email.message import EmailMessage
from email.policy import EmailPolicy

from duebook.clients import Client
from outreach_jobs.compose.render import Rendered
from outreach_jobs.deliver.address import email_address, email_recipient
from outreach_jobs.due import DueMessage


class _WholeSubject(EmailPolicy):
    """SMTP's policy, but a subject beyond ASCII is encoded as a whole.

    The library encodes only the words that need it and folds between them, which shows as doubled spaces in them.
    """

    def fold_binary(self, name: str, value: str) -> bytes:
        if name.lower() == "subject" and not str(value).isascii():
            encoded = Header(str(value), "utf-8", header_name=name).encode(linesep=self.linesep)
            return f"{name}: {encoded}{self.linesep}".encode("ascii")
        return super().fold_binary(name, value)


_POLICY = _WholeSubject(linesep="\r\n")


def noon(day: date, client: Client) -> datetime:
    """The instant that documents of a day carry, so that the same day always gives the same bytes."""
    return datetime.combine(day, time(12), client.zone)


def key_hash(message: DueMessage) -> str:
    return hashlib.sha256(f"{message.client_id}|{message.message_key}".encode()).hexdigest()


def build_email(message: DueMessage, rendered: Rendered, client: Client) -> bytes:
    """The message in the client's name, in plain text and HTML.

    Headers carry nothing internal: the Message-ID is a hash, so replies can be matched without telling anything.

    Raises:
        DuebookError: the customer's address cannot be used.
    """
    sender = client.sender
    key = key_hash(message)
    address = email_address(sender.name, sender.email, f"client.yaml of {client.id}, sender.email")
    mail = EmailMessage(policy=_POLICY)
    mail["From"] = address
    mail["To"] = email_recipient(message)
    if sender.reply_to:
        mail["Reply-To"] = email_address(sender.name, sender.reply_to, f"client.yaml of {client.id}, sender.reply_to")
    mail["Subject"] = rendered.subject
    mail["Date"] = noon(message.as_of, client)
    mail["Message-ID"] = f"<{key[:32]}@{address.domain}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(rendered.text, cte="quoted-printable")
    mail.add_alternative(rendered.html, subtype="html", cte="quoted-printable")
    for part in mail.iter_parts():
        del part["MIME-Version"]
    # Only now: setting a content drops whatever describes the previous one.
    mail["Content-Language"] = rendered.language
    mail.set_boundary(f"=_{key[32:64]}")
    return mail.as_bytes()
