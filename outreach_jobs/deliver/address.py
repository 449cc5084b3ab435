"""Where a message goes: an address in an email header, the lines in the window of an envelope."""

from __future__ import annotations

import re
from email.errors import HeaderParseError
from email.headerregistry import Address

from duebook.clients import Client
from duebook.errors import DuebookError
from outreach_jobs.compose.clean import clean_line
from outreach_jobs.compose.formats import Formats
from outreach_jobs.due import DueMessage

_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[^@\s<>,;:\"()\[\]\\]+\.[^@\s<>,;:\"()\[\]\\]+")
_POSTCODE_BELOW_CITY = frozenset({"GB", "IE"})
_POSTCODE_AFTER_CITY = frozenset({"AU", "CA", "US"})


def email_recipient(message: DueMessage) -> Address:
    """The one address an email goes to.

    Raises:
        DuebookError: the customer has no usable address, or several in one field.
    """
    name = clean_line(message.contact_name) or clean_line(message.customer_name)
    return email_address(name, message.email or "", f"Customer {clean_line(message.customer_id)}")


def email_address(name: str, address: str, owner: str) -> Address:
    """A header address; names of domains outside ASCII are written as the mail system needs them.

    Raises:
        DuebookError: it is not exactly one email address.
    """
    problem = DuebookError(f"{owner}: the email address is not usable. Enter exactly one valid address in the ERP.")
    if not _ADDRESS.fullmatch(address.strip()):
        raise problem
    local, _, domain = address.strip().rpartition("@")
    try:
        return Address(clean_line(name), local, domain.encode("idna").decode("ascii"))
    except (HeaderParseError, UnicodeError, ValueError, IndexError):
        raise problem from None


def postal_recipient(message: DueMessage, client: Client) -> tuple[str, ...]:
    """The lines of a postal address, at most six; the country in capitals when it is not the client's own.

    Raises:
        DuebookError: street or city is missing.
    """
    street, city, postcode = clean_line(message.street), clean_line(message.city), clean_line(message.postcode)
    if not street or not city:
        raise DuebookError(
            f"Customer {clean_line(message.customer_id)}: the postal address has no street or no city. "
            "Complete it in the ERP."
        )
    country = (message.country or client.country).upper()
    if country in _POSTCODE_BELOW_CITY:
        place = [city, postcode]
    elif country in _POSTCODE_AFTER_CITY:
        place = [f"{city} {postcode}"]
    else:
        place = [f"{postcode} {city}"]
    contact = clean_line(message.contact_name)
    lines = [clean_line(message.customer_name), contact, street, *place]
    if country != client.country:
        lines.append(Formats.of(client.languages[0], client.country).country_name(country).upper())
    return tuple(dict.fromkeys(line.strip() for line in lines if line.strip()))
