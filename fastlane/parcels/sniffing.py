"""What kind of file is this? By its name and its first bytes; a wrong one is refused with what to do instead."""

from __future__ import annotations

from pathlib import PurePath

from django.utils.translation import gettext as _

from accounts.refusals import Refused

HEAD = 4_096
PARQUET = b"PAR1"
WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
UTF_16 = (b"\xff\xfe", b"\xfe\xff")


def kind_of(name: str, head: bytes) -> str:
    """Return "csv" or "parquet". Raises Refused."""
    kind = PurePath(name).suffix.lower().removeprefix(".")
    if not head:
        raise Refused(_("The file is empty. Choose the file that holds the parcels."), code="empty", field="file")
    if head.startswith(WORKBOOKS):
        raise Refused(
            _("This is a workbook or a packed file. Save the sheet as CSV (UTF-8), then upload that."),
            code="kind", field="file",
        )  # fmt: skip
    if kind not in {"csv", "parquet"}:
        raise Refused(_("Give a CSV or Parquet file; its name ends in .csv or .parquet."), code="kind", field="file")
    if (kind == "parquet") != head.startswith(PARQUET):
        raise Refused(
            _("The file's content isn't what its name says. Name CSV files .csv and Parquet files .parquet."),
            code="kind", field="file",
        )  # fmt: skip
    if kind == "csv" and (head.startswith(UTF_16) or b"\x00" in head):
        raise Refused(
            _("This is no plain text in UTF-8. Save it as CSV (UTF-8), then upload that."), code="kind", field="file"
        )
    return kind
