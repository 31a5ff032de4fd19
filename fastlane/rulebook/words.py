"""The rule book's tables and columns in words."""

from __future__ import annotations

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

TABLES = {
    "ports": _("Ports"),
    "phases": _("Phases"),
    "terminals": _("Terminals"),
    "approvals": _("Terminals' approvals"),
    "moth_periods": _("Moth areas and periods"),
    "settings": _("Settings of ports"),
    "fact_ages": _("How old a fact may be"),
    "law": _("Law by date"),
}
COLUMNS = {
    "aliases": _("Other names"),
    "amount": _("Amount (USD)"),
    "area": _("Area"),
    "code": _("Code"),
    "destination": _("Destination"),
    "facts": _("Facts"),
    "first_day": _("First day (month-day)"),
    "from": _("From"),
    "hours": _("Hours"),
    "last_day": _("Last day (month-day)"),
    "name": _("Name"),
    "operator": _("Operator"),
    "operator_account": _("Operator's account"),
    "phase": _("Phase"),
    "port": _("Port"),
    "source": _("Source"),
    "tag": _("Mark"),
    "terminal": _("Terminal"),
    "title": _("Title"),
    "to": _("To (not included)"),
    "value": _("Value"),
    "year": _("Year"),
}


def table(name: str) -> str:
    return str(TABLES.get(name, name))


def column(name: str) -> str:
    return str(COLUMNS.get(name, name))


def cell(table_name: str, first: str, column_name: str) -> str:
    """Where a value stands: table, row and column."""
    return _now("%(table)s, %(row)s: %(column)s") % {
        "table": table(table_name), "row": first, "column": column(column_name),
    }  # fmt: skip
