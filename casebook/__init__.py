"""The casebook: what customers were told and what they answered, kept for good in a database a client."""

from casebook.book import Casebook, Evidence, open_casebook
from casebook.models import MessageState, OutboxMessage

__all__ = ["Casebook", "Evidence", "MessageState", "OutboxMessage", "open_casebook"]
