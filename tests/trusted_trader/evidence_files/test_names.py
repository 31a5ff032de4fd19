"""Odd names become plain ones, and never decide what a file is."""

import re
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.trusted_trader.evidence_files.good import pdf
from trusted_trader.evidence_files import inspect_bytes
from trusted_trader.evidence_files.names import INVISIBLE, LONGEST, extension_of, safe_name

ODD = {
    "../../etc/passwd.pdf": "passwd.pdf",
    r"C:\Users\me\policy.PDF": "policy.pdf",
    "a.exe.pdf": "a-exe.pdf",
    "invoice\u202efdp.pdf": "invoicefdp.pdf",
    "line\r\nbreak\x00.pdf": "linebreak.pdf",
    "con.pdf": "evidence-con.pdf",
    ".pdf": "pdf.pdf",
    "....pdf": "evidence.pdf",
    "<img src=x onerror=a>.pdf": "img src-x onerror-a.pdf",
    "política de sellos №7.pdf": "política de sellos -7.pdf",
    "夜间巡逻.pdf": "夜间巡逻.pdf",
    "  spaced   out  .pdf": "spaced out.pdf",
    "a" * 400 + ".pdf": "a" * LONGEST + ".pdf",
}


@pytest.mark.parametrize("declared", ODD)
def test_an_odd_name_is_defused(declared):
    report = inspect_bytes(pdf(), declared)
    assert (report.accepted, report.safe_name) == (True, ODD[declared])


@given(st.text(max_size=400))
@example("\uf900")  # a character that composing replaces
def test_a_safe_name_is_always_safe(declared):
    name = safe_name(declared, "pdf")
    assert re.fullmatch(r"[^./\\<>:\"|?*&%;$'`]+\.pdf", name)
    assert not any(unicodedata.category(c) in INVISIBLE for c in name)
    assert len(name) <= LONGEST + len("evidence-.pdf")
    assert name == safe_name(name, "pdf")


@given(st.text(max_size=40))
def test_an_extension_never_has_a_separator(declared):
    assert not set(extension_of(declared)) & set("./\\\x00")
