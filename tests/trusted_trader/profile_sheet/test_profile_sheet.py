"""A profile goes out as a sheet and comes back whole; hostile and broken sheets are told, nothing is lost unseen."""

import io
from dataclasses import replace
from datetime import UTC, datetime

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.trusted_trader.evidence_files.good import with_parts
from tests.trusted_trader.evidence_files.hostile import HOSTILE, LAUGHS
from trusted_trader.profile_sheet import SheetAnswer, SheetRow, differences, export, read, reading
from trusted_trader.profile_sheet.model import COLUMNS, LONGEST, NUMBER, STATE, TEXT, fingerprint, normal

KNOWN = ("1.1", "4.1", "4.10", "7.2")
HEAD = "Criterion,State,How it is met,Does not apply because"
SAVED = datetime(2026, 3, 1, 12, tzinfo=UTC)


def row(number: str = "1.1", state: str = "implemented", text: str = "Guards check.", because: str = "") -> SheetRow:
    return SheetRow(number, "Seals", "Use", "Do you?", "must", False, state, text, because, ("Policy",), SAVED)


def sheet(*rows: SheetRow) -> bytes:
    return export(rows, company="Harbor Example", account="A-1", edition="2019", version_token="v7")


def edited(data: bytes, **cells: object) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(data))
    for place, value in cells.items():
        book.worksheets[0][place] = value
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


ODD_TEXTS = ["=1+1", "@SUM(A1)", "+5", "-x", "#N/A", "4.10", "TRUE", "a\r\nb", "_x0041_", "_x000D_"]
ANSWERS = st.builds(
    row,
    number=st.sampled_from(KNOWN),
    state=st.sampled_from(["", "implemented", "not_yet"]),
    text=st.text(max_size=300) | st.sampled_from(ODD_TEXTS),
    because=st.text(max_size=50),
)


@settings(deadline=None)
@given(st.lists(ANSWERS, unique_by=lambda r: r.number))
def test_what_goes_out_comes_back(rows):
    result = read(sheet(*rows), KNOWN)
    assert result.errors == ()
    assert (result.account, result.edition, result.version_token) == ("A-1", "2019", "v7")
    got = [(a.number, a.state, a.text, a.because) for a in result.rows]
    assert got == [(r.number, r.state, normal(r.text), normal(r.because)) for r in rows]
    assert {d.kind for d in differences({r.number: r for r in rows}, result.rows)} <= {"same"}


def test_the_sheet_is_made_for_people():
    book = openpyxl.load_workbook(io.BytesIO(sheet(row(text="=cmd|' /C calc'!A0"))))
    answers = book.worksheets[0]
    assert [c.value for c in answers[1]] == list(COLUMNS)
    assert answers.freeze_panes == "B2"
    assert answers.protection.sheet
    assert answers["A2"].protection.locked
    assert not answers["F2"].protection.locked
    assert "Not applicable" in answers.data_validations.dataValidation[0].formula1
    assert (answers["G2"].data_type, answers["G2"].quotePrefix) == ("s", True)
    assert len(book.worksheets) == 2


def test_a_text_put_in_plainly_would_be_a_formula():
    assert openpyxl.load_workbook(io.BytesIO(edited(sheet(row()), G2="=1+1"))).worksheets[0]["G2"].data_type == "f"


LINES = {
    "9.9,Not yet,x,": (NUMBER, "not in your profile"),
    ",Not yet,x,": (NUMBER, "not in your profile"),
    "1.1,Perhaps,x,": (STATE, "Perhaps"),
    "1.1,Not applicable,x,": ("Does not apply because", "Say why"),
    f"1.1,Not yet,{'x' * (LONGEST + 1)},": (TEXT, "10001"),
    "1.1,Not yet,x,\n1.1,Not yet,y,": (NUMBER, "row 2, too"),
}


@pytest.mark.parametrize("lines", LINES, ids=lambda t: t[:20])
def test_an_error_is_told_by_its_row(lines):
    result = read(f"{HEAD}\n{lines}\n".encode(), KNOWN)
    (error,) = result.errors
    column, words = LINES[lines]
    assert (error.row_number, error.column, result.rows) == (lines.count("\n") + 2, column, ())
    assert words in error.sentence


def test_a_formula_in_a_cell_is_told():
    (error,) = read(edited(sheet(row()), G2="=1+1"), KNOWN).errors
    assert (error.row_number, error.column) == (2, TEXT)
    assert "formula" in error.sentence


def test_a_criterion_that_became_a_number_is_taken_only_when_it_is_clear():
    (error,) = read(edited(sheet(row()), A2=4.1), KNOWN).errors
    assert "4.1 or 4.10" in error.sentence
    assert read(edited(sheet(row()), A2=7.2), KNOWN).rows[0].number == "7.2"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_csv_is_read_as_office_programs_write_it(encoding, delimiter):
    text = f"{HEAD}\r\n4.10,not YET,Señal,\r\n\r\n".replace(",", delimiter)
    assert read(text.encode(encoding), KNOWN).rows == (SheetAnswer(2, "4.10", "not_yet", "Señal", ""),)


def test_good_rows_are_kept_beside_bad_ones():
    result = read(f"{HEAD}\n1.1,Not yet,x,\n4.1,Perhaps,y,\n".encode(), KNOWN)
    assert [a.number for a in result.rows] == ["1.1"]
    assert [e.row_number for e in result.errors] == [3]


SHEETS = {
    "laughs": lambda: with_parts(sheet(row()), **{"xl/worksheets/sheet1.xml": LAUGHS}),
    "macros": lambda: with_parts(sheet(row()), **{"xl/vbaProject.bin": b"x"}),
    "bomb": lambda: with_parts(sheet(row()), **{"xl/media/a.bmp": bytes(30_000_000)}),
    "nothing": lambda: b"",
    "other table": lambda: b"a,b\n1,2\n",
    "binary": lambda: bytes(range(256)),
    "no sheet": lambda: b"PK\x03\x04",
    "column twice": lambda: f"{HEAD},State\n".encode(),
    "too many rows": lambda: (HEAD + "\n" + "1.1,,,\n" * 3_000).encode(),
    "long cell": lambda: f"{HEAD}\n1.1,,{'x' * 200_000},\n".encode(),
} | {h.name: h.make for h in HOSTILE if h.name.endswith((".xlsx", ".pdf")) and h.name < "e"}


@pytest.mark.parametrize("name", SHEETS)
def test_a_wrong_file_is_told_in_one_sentence(name):
    result = read(SHEETS[name](), KNOWN)
    assert result.rows == ()
    assert [e.row_number for e in result.errors] == [0]
    assert result.errors[0].sentence.endswith(".")


def test_without_the_file_checks_a_sheet_with_macros_would_be_read(monkeypatch):
    data = SHEETS["macros"]()
    assert read(data, KNOWN).errors
    accepted = reading.inspect_bytes(sheet(row()), "a.xlsx")
    monkeypatch.setattr(reading, "inspect_bytes", lambda *_a: accepted)
    assert len(read(data, KNOWN).rows) == 1


def test_a_sheet_that_states_a_million_rows_is_not_walked():
    far = edited(sheet(row()), G1048576="x")
    assert "more than 2000 rows" in read(far, KNOWN).errors[0].sentence


def came_back(before: SheetRow, **changed: str) -> SheetAnswer:
    answer = SheetAnswer(2, before.number, before.state, before.text, before.because, fingerprint(before))
    return replace(answer, **changed)


BLANK_ROW = row(state="", text="")
KINDS = [
    (row(), row(), {}, "same"),
    (row(), row(), {"text": "Cameras."}, "changed"),
    (row(), row(), {"text": ""}, "emptied"),
    (row(), row(), {"state": "", "text": ""}, "emptied"),
    (BLANK_ROW, BLANK_ROW, {"state": "not_yet"}, "new"),
    (row(), row(text="Newer."), {"text": "Cameras."}, "conflict"),
    (row(), row(text="Newer."), {"text": "Newer."}, "same"),
    (BLANK_ROW, row(), {"text": "Cameras."}, "conflict"),
    (row(), row(text="Newer."), {"text": "Cameras.", "version": ""}, "changed"),
]


@pytest.mark.parametrize(("exported", "portal", "edit", "kind"), KINDS)
def test_each_difference_is_told_by_its_kind(exported, portal, edit, kind):
    (difference,) = differences({portal.number: portal}, [came_back(exported, **edit)])
    assert (difference.kind, difference.old) == (kind, portal)


def test_a_row_left_alone_does_not_bring_back_what_the_portal_has_changed_since():
    newer = row(text="Newer.")
    (difference,) = differences({"1.1": newer}, [came_back(row())])
    assert (difference.kind, difference.new) == ("same", newer)


def test_without_its_row_version_a_conflict_would_pass_for_a_change():
    answer = came_back(row(), text="Cameras.")
    assert differences({"1.1": row(text="Newer.")}, [answer])[0].kind == "conflict"
    assert differences({"1.1": row(text="Newer.")}, [replace(answer, version="")])[0].kind == "changed"


def test_an_answer_unknown_to_the_portal_is_new():
    assert differences({}, [SheetAnswer(2, "1.1", "not_yet", "x", "")])[0].kind == "new"
