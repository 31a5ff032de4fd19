"""P28: hostile files are refused with their reason, good files are accepted, and each check matters."""

import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import asdict, fields, replace
from functools import cache
from json import dumps, loads
from pathlib import Path
from types import ModuleType

import pytest

from tests.trusted_trader.evidence_files.good import GOOD, SENTENCE, woven_pdf
from tests.trusted_trader.evidence_files.hostile import HOSTILE
from trusted_trader.evidence_files import DEFAULT, REASONS, Limits, archives, content, packages, pdf, pictures, texts
from trusted_trader.evidence_files.content import KINDS
from trusted_trader.evidence_files.inspection import inspect, inspect_bytes
from trusted_trader.evidence_files.isolated import ROOT

MEMORY = 200_000_000
MAKERS = {hostile.name: hostile.make for hostile in HOSTILE}

# Each check with the hostile file that only it stops; where a second one stands behind it, that one is removed, too.
STOPS: dict[Callable[..., None], tuple[str, tuple[Callable[..., None], ...]]] = {
    content.not_too_large: ("large.txt", ()),
    content.not_empty: ("blank.txt", ()),
    content.content_fits_name: ("shell.txt", ()),
    content.no_test_signature: ("signature.jpg", ()),
    content.no_archive_behind: ("archive inside.pdf", ()),
    pdf.whole_file: ("program behind.pdf", ()),
    pdf.no_markup_in_front: ("page in front.pdf", ()),
    pdf.few_objects: ("many objects.pdf", (pdf.bounded_objects,)),
    pdf.not_encrypted: ("owner.pdf", ()),
    pdf.bounded_objects: ("many packed objects.pdf", ()),
    pdf.few_pages: ("many pages.pdf", ()),
    pdf.opens_quietly: ("print at opening.pdf", ()),
    pdf.nothing_runs: ("launch.pdf", ()),
    pdf.nothing_attached: ("attached.pdf", ()),
    pdf.bounded_streams: ("bomb.pdf", ()),
    pictures.nothing_behind: ("program behind.png", ()),
    pictures.no_markup: ("page in comment.jpg", ()),
    pictures.bearable_size: ("large.webp", ()),
    pictures.still: ("moving.webp", ()),
    pictures.decodes: ("flipped bit.png", ()),
    archives.few_entries: ("many parts.xlsx", ()),
    archives.nothing_around: ("behind.docx", ()),
    archives.plain_names: ("way up.docx", ()),
    archives.common_packing: ("other packing.docx", ()),
    archives.no_overlap: ("in front.docx", ()),
    archives.bounded_growth: ("bomb.docx", ()),
    packages.no_macros: ("control.xlsx", ()),
    packages.nothing_attached: ("hidden object.docx", ()),
    packages.passive_parts: ("script part.docx", ()),
    packages.no_script: ("drawn script.docx", ()),
    packages.no_outside_parts: ("remote template.docx", ()),
    packages.no_loading_fields: ("cut field.docx", ()),
    packages.not_encrypted: ("password.odt", ()),
    packages.of_stated_kind: ("sheet.docx", ()),
    texts.only_readable: ("zeros.csv", ()),
    texts.no_markup: ("page.txt", ()),
    texts.no_formulas: ("exchange.csv", ()),
}
ONLY_THE_SENTENCE = {archives.not_encrypted}  # zipfile itself refuses without a password; the check says why
MODULES = (content, pdf, pictures, archives, packages, texts)


@cache
def made(name: str) -> bytes:
    return MAKERS[name]()


def lists(module: ModuleType) -> list[str]:
    return [name for name in vars(module) if name.endswith("CHECKS")]


def without(monkeypatch: pytest.MonkeyPatch, *removed: Callable[..., None]) -> None:
    for module in MODULES:
        for name in lists(module):
            monkeypatch.setattr(module, name, tuple(c for c in getattr(module, name) if c not in removed))


@pytest.mark.parametrize("hostile", HOSTILE, ids=lambda h: h.name)
def test_a_hostile_file_is_refused_with_its_reason(hostile):
    report = inspect_bytes(made(hostile.name), hostile.name)
    assert (report.accepted, report.code) == (False, hostile.code)
    assert report.text == ""
    assert report.reason.endswith(".")


@pytest.mark.parametrize("name", GOOD)
def test_a_good_file_is_accepted(name):
    report = inspect_bytes(GOOD[name](), name)
    assert (report.accepted, report.code, len(report.sha256)) == (True, "accepted", 64)
    assert report.media_type == KINDS[report.safe_name.rpartition(".")[2]].media_type


def test_the_promised_numbers_of_files_are_there():
    assert len({h.name for h in HOSTILE}) == len(HOSTILE) >= 40
    assert len(GOOD) >= 30
    assert {name.lower().rpartition(".")[2] for name in GOOD} == set(KINDS)


@pytest.mark.parametrize("check", STOPS, ids=lambda c: f"{c.__module__.rpartition('.')[2]}.{c.__name__}")
def test_without_its_check_a_hostile_file_would_pass(check, monkeypatch):
    name, behind = STOPS[check]
    assert not inspect_bytes(made(name), name).accepted
    without(monkeypatch, check, *behind)
    assert inspect_bytes(made(name), name).accepted


def test_every_check_has_a_hostile_file():
    listed = {check for module in MODULES for name in lists(module) for check in getattr(module, name)}
    assert listed == set(STOPS) | ONLY_THE_SENTENCE


LIMITED = {
    "size": "large.txt",
    "pages": "many pages.pdf",
    "pixels": "huge picture.pdf",
    "picture_memory": "large.webp",
    "objects": "many objects.pdf",
    "stream": "bomb.pdf",
    "entries": "many parts.xlsx",
    "unpacked": "wide bomb.docx",
    "xml": "endless table.xlsx",
    "ratio": "bomb.docx",
}


@pytest.mark.parametrize("limit", LIMITED)
def test_without_its_limit_a_hostile_file_would_pass(limit):
    name = LIMITED[limit]
    assert inspect_bytes(made(name), name, replace(DEFAULT, **{limit: 10**12})).accepted


def test_every_limit_has_a_hostile_file():
    assert set(LIMITED) | {"text"} == {f.name for f in fields(Limits)}


def test_cut_pictures_are_refused_even_when_another_library_told_pillow_to_bear_them(monkeypatch):
    monkeypatch.setattr("PIL.ImageFile.LOAD_TRUNCATED_IMAGES", True)
    assert inspect_bytes(made("text bomb.png"), "a.png").code == "not_read_safely"
    monkeypatch.setattr(pictures, "_strict", nullcontext)
    assert inspect_bytes(made("text bomb.png"), "a.png").accepted


def test_a_parser_that_fails_in_an_unknown_way_refuses_the_file(monkeypatch):
    def fail(_seen):
        raise ZeroDivisionError

    monkeypatch.setattr(content, "CHECKS", (fail,))
    assert inspect_bytes(b"hello", "a.txt").code == "not_read_safely"


def test_the_text_is_read(tmp_path):
    for name in ("two pages.pdf", "policy.docx", "visitors.xlsx", "training.pptx", "rules.odt"):
        assert SENTENCE in inspect_bytes(GOOD[name](), name).text, name
    assert "Révisé à Nogales" in inspect_bytes(woven_pdf(), "a.pdf").text
    assert "夜间" in inspect_bytes(GOOD["wide notes.txt"](), "a.txt").text
    (tmp_path / "x").write_bytes(b"hello " * 9_000)
    assert len(inspect(tmp_path / "x", "a.txt").text) == DEFAULT.text


def test_pages_slides_and_sheets_are_counted():
    counts = {name: inspect_bytes(GOOD[name](), name).pages for name in GOOD}
    assert counts["three hundred pages.pdf"] == 300
    assert counts["training.pptx"] == 2
    assert counts["visitors.xlsx"] == counts["gate.png"] == 1
    assert counts["policy.docx"] is None


def test_a_file_above_the_limit_is_refused_before_it_is_read(tmp_path):
    path = tmp_path / "x"
    with path.open("wb") as file:
        file.truncate(10**12)
    report = inspect(path, "film.pdf")
    assert (report.code, report.sha256, report.size) == ("too_large", "", 10**12)
    assert "25 MB" in report.reason


def test_every_reason_is_one_or_two_short_sentences():
    for code, message in REASONS.items():
        assert message.endswith("."), code
        assert max(len(sentence.split()) for sentence in message.split(". ")) <= 25, code
        assert code == "accepted" or ". " in message or "so " in message, code


# The child as it is, plus its own peak of memory; rusage would count what it inherited from this process.
MEASURED = """
import sys
from trusted_trader.evidence_files.isolated import answer, confine
confine()
report = answer(sys.stdin.read())
peak = next(line for line in open("/proc/self/status") if line.startswith("VmHWM")).split()[1]
print(report, peak, sep="\\n")
"""


def confined(path: Path, name: str) -> tuple[str, float, int]:
    """Return the verdict of a confined child, its seconds, and its peak of memory in bytes."""
    question = dumps({"path": str(path), "declared_name": name, "limits": asdict(DEFAULT)})
    begun = time.monotonic()
    child = subprocess.run(
        [sys.executable, "-c", MEASURED], input=question, capture_output=True, text=True, cwd=ROOT, check=True
    )
    report, peak = child.stdout.splitlines()
    return loads(report)["code"], time.monotonic() - begun, int(peak) * 1024


def test_confined_inspection_keeps_its_promise_on_memory_and_on_every_verdict(tmp_path):
    files = [(h.name, made(h.name), h.code) for h in HOSTILE] + [(n, make(), "accepted") for n, make in GOOD.items()]
    paths = []
    for number, (_name, data, _code) in enumerate(files):
        paths.append(tmp_path / str(number))
        paths[-1].write_bytes(data)
    with ThreadPoolExecutor(2) as pool:
        results = list(pool.map(confined, paths, [name for name, _data, _code in files]))
    for (name, _data, _code), (_verdict, seconds, memory) in zip(files, results, strict=True):
        print(f"{seconds:5.2f} s {memory // 1_000_000:4} MB  {name}")
    verdicts = [(name, verdict) for (name, *_rest), (verdict, *_figures) in zip(files, results, strict=True)]
    assert verdicts == [(name, code) for name, _data, code in files]
    assert max(memory for _verdict, _seconds, memory in results) <= MEMORY
