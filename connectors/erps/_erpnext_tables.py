"""What is read of ERPNext: its tables, their columns, and what keeps them to the customers of one company."""

from __future__ import annotations

from connectors.base import Column, ColumnType, Entity


def _entity(name: str, columns: str, *, key: str = "name", changes: bool = False) -> Entity:
    """A table by its columns, text where no type is given, ``?`` where it may lack them.

    Where only changes are read, they are found by ``modified``, which every table of a doctype has.
    """
    declared = []
    for column in (*columns.split(), *(["modified:timestamp"] if changes else [])):
        label, _, kind = column.rstrip("?").partition(":")
        declared.append(Column(label, ColumnType[(kind or "text").upper()], required=not column.endswith("?")))
    return Entity(name, tuple(declared), tuple(key.split()), "modified" if changes else None)


COMPANY = _entity("tabCompany", "name default_currency")
ACCOUNT = _entity("tabAccount", "name account_type account_currency company")
SETTINGS = _entity("tabSingles", "doctype field value", key="doctype field")
CUSTOMER = _entity(
    "tabCustomer",
    "name customer_name customer_type default_currency language tax_id payment_terms customer_primary_contact "
    "customer_primary_address is_frozen:boolean disabled:boolean",
    changes=True,
)
CUSTOMER_LINK = _entity("tabDynamic Link", "name link_doctype link_name parenttype parent")
INVOICE = _entity(
    "tabSales Invoice",
    "name company customer docstatus:integer posting_date:date due_date:date is_opening is_return:boolean "
    "is_debit_note:boolean return_against amended_from",
    changes=True,
)
PAYMENT_LEDGER_ENTRY = _entity(
    "tabPayment Ledger Entry",
    "name company account account_currency party_type party posting_date:date due_date:date voucher_type voucher_no "
    "against_voucher_type against_voucher_no amount:money amount_in_account_currency:money docstatus:integer "
    "delinked:boolean",
    changes=True,
)
# Only its sums land: what ERPNext has posted on the receivable accounts, which is the control total.
GL_ENTRY = _entity(
    "tabGL Entry",
    "name company account account_currency party_type posting_date:date debit:money credit:money "
    "debit_in_account_currency:money credit_in_account_currency:money is_cancelled:boolean",
)
ACCOUNT_MOVEMENT = _entity(
    "receivable_account_movement",
    "account account_currency posting_date:date balance:money amount_in_account_currency:money",
    key="account account_currency posting_date",
)
TABLES = (
    COMPANY,
    ACCOUNT,
    SETTINGS,
    _entity("tabCountry", "name code"),
    _entity("tabCurrency Exchange", "name date:date from_currency to_currency exchange_rate:rate for_selling:boolean"),
    CUSTOMER,
    _entity("tabCustomer Credit Limit", "name parenttype parent company credit_limit:money"),
    CUSTOMER_LINK,
    _entity(
        "tabContact",
        "name full_name first_name last_name email_id phone mobile_no is_primary_contact:boolean "
        "is_billing_contact:boolean? unsubscribed:boolean",
    ),
    _entity("tabContact Email", "name parent idx:integer email_id is_primary:boolean"),
    _entity("tabContact Phone", "name parent idx:integer phone is_primary_phone:boolean is_primary_mobile_no:boolean"),
    _entity(
        "tabAddress",
        "name address_type address_line1 address_line2 pincode city country is_primary_address:boolean "
        "disabled:boolean",
    ),
    INVOICE,
    _entity(
        "tabPayment Schedule",
        "name parenttype parent idx:integer due_date:date payment_amount:money base_payment_amount:money",
        changes=True,
    ),
    _entity("tabPayment Entry", "name company party_type payment_type docstatus:integer amended_from", changes=True),
    _entity("tabJournal Entry", "name company voucher_type is_opening docstatus:integer amended_from", changes=True),
    PAYMENT_LEDGER_ENTRY,
)
# Values that keep a table to what is wanted of it, beside the company.
SCOPE = {
    "tabSingles": {"doctype": "System Settings", "field": "time_zone"},
    "tabCustomer Credit Limit": {"parenttype": "Customer"},
    "tabDynamic Link": {"link_doctype": "Customer"},
    "tabPayment Schedule": {"parenttype": "Sales Invoice"},
    "tabPayment Entry": {"party_type": "Customer"},
    "tabPayment Ledger Entry": {"party_type": "Customer"},
    "tabGL Entry": {"party_type": "Customer"},
}
