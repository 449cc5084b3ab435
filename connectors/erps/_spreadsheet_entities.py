"""What can be read from spreadsheets: the entities, and what each column is besides its type."""

from __future__ import annotations

from dataclasses import dataclass

from connectors.base import Column, ColumnType, Entity

TEXT, INTEGER, MONEY = ColumnType.TEXT, ColumnType.INTEGER, ColumnType.MONEY
DATE, BOOLEAN = ColumnType.DATE, ColumnType.BOOLEAN

_PLACE = (Column("_file"), Column("_row", INTEGER))

INVOICES = Entity(
    "invoices",
    (
        Column("document_number"),
        Column("instalment"),
        Column("customer"),
        Column("customer_name", required=False),
        Column("country", required=False),
        Column("issued_on", DATE),
        Column("due_on", DATE),
        Column("amount", MONEY),
        Column("currency"),
        Column("paid_on", DATE, required=False),
        Column("disputed", BOOLEAN, required=False),
        Column("kind", required=False),
        *_PLACE,
    ),
    key=("document_number", "instalment"),
)
PAYMENTS = Entity(
    "payments",
    (
        Column("payment_number"),
        Column("customer"),
        Column("paid_on", DATE),
        Column("amount", MONEY),
        Column("currency"),
        Column("kind", required=False),
        *_PLACE,
    ),
    key=("payment_number",),
)
ALLOCATIONS = Entity(
    "allocations",
    (
        Column("payment_number"),
        Column("document_number"),
        Column("instalment"),
        Column("amount", MONEY),
        Column("allocated_on", DATE),
        *_PLACE,
    ),
    key=("payment_number", "document_number", "instalment"),
)
CUSTOMERS = Entity(
    "customers",
    (
        Column("customer"),
        Column("name"),
        Column("country", required=False),
        Column("language", required=False),
        Column("email", required=False),
        Column("phone", required=False),
        Column("contact_name", required=False),
        Column("tax_id", required=False),
        Column("is_business", BOOLEAN, required=False),
        Column("timezone", required=False),
        Column("street", required=False),
        Column("postcode", required=False),
        Column("city", required=False),
        Column("terms", required=False),
        Column("credit_limit", MONEY, required=False),
        Column("blocked", BOOLEAN, required=False),
        *_PLACE,
    ),
    key=("customer",),
)
CONTROL_TOTALS = Entity(
    "control_totals",
    (Column("account"), Column("currency"), Column("day", DATE), Column("balance", MONEY), *_PLACE),
    key=("account", "currency", "day"),
)
REJECTED = Entity(
    "rejected",
    (
        Column("entity"),
        Column("file"),
        Column("row_number", INTEGER),
        Column("column_name", required=False),
        Column("key", required=False),
        Column("reason"),
        Column("record", ColumnType.JSON, required=False),
    ),
    key=("entity", "file", "row_number"),
)

READABLE = {entity.name: entity for entity in (INVOICES, PAYMENTS, ALLOCATIONS, CUSTOMERS, CONTROL_TOTALS)}


@dataclass(frozen=True)
class ColumnRole:
    """What a column is to its reader.

    Attributes:
        label: how its absence is told: "no due date".
        identifies: its digits tell records apart, so that none may be lost.
        default: what an empty or unmapped cell means; None: nothing.
        choices: the only values it can have.
    """

    label: str
    identifies: bool = False
    default: str | None = None
    choices: tuple[str, ...] = ()


_ROLES = {
    ("invoices", "kind"): ColumnRole("kind", choices=("invoice", "credit_note", "debit_note")),
    ("payments", "kind"): ColumnRole("kind", choices=("payment", "refund", "write_off", "discount")),
    ("invoices", "issued_on"): ColumnRole("invoice date"),
    ("invoices", "due_on"): ColumnRole("due date"),
    ("payments", "paid_on"): ColumnRole("payment date"),
    ("allocations", "allocated_on"): ColumnRole("allocation date"),
    ("customers", "customer"): ColumnRole("customer number", identifies=True),
}
_ROLES_ANYWHERE = {
    "instalment": ColumnRole("instalment", identifies=True, default="1"),
    "document_number": ColumnRole("document number", identifies=True),
    "payment_number": ColumnRole("payment number", identifies=True),
    "customer": ColumnRole("customer", identifies=True),
    "account": ColumnRole("account", identifies=True),
}


def role_of(entity: str, column: str) -> ColumnRole:
    """What the column is to the reader of that entity."""
    plain = _ROLES_ANYWHERE.get(column) or ColumnRole(column.replace("_", " "))
    return _ROLES.get((entity, column), plain)


def mappable(entity: str) -> list[str]:
    """The columns of an entity that a file can give, in order."""
    return [column.name for column in READABLE[entity].columns if not column.name.startswith("_")]


def must_be_mapped(entity: str) -> list[str]:
    """The columns that a file has to give; the currency may be a constant instead, and is judged apart."""
    return [
        column.name
        for column in READABLE[entity].columns
        if column.required
        and not column.name.startswith("_")
        and column.name != "currency"
        and role_of(entity, column.name).default is None
    ]
