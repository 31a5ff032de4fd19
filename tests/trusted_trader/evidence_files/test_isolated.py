"""The confined child: whatever goes wrong in it, the file is refused."""

import json
from pathlib import Path

import pytest

from tests.trusted_trader.evidence_files.good import SENTENCE, packed, pdf, workbook
from trusted_trader.evidence_files import inspect, inspect_isolated, isolated

WAYS = ["crash.txt", "spin.txt", "swell.txt", "flood.txt", "write.txt", "nonsense.txt", "invented.txt", "silent.txt"]


@pytest.fixture
def path(tmp_path) -> Path:
    file = tmp_path / "quarantined"
    file.write_bytes(b"hello")
    return file


@pytest.fixture
def bad_child(monkeypatch):
    monkeypatch.setattr(isolated, "MODULE", "tests.trusted_trader.evidence_files.bad_child")


def test_the_child_answers_as_this_process_does(path):
    for name, data in (("a.pdf", pdf()), ("b.xlsx", workbook()), ("c.docx", packed({"a.xml": "<a/>"}))):
        path.write_bytes(data)
        assert inspect_isolated(path, name) == inspect(path, name)
    path.write_bytes(pdf())
    assert SENTENCE in inspect_isolated(path, "a.pdf").text


def test_an_odd_name_reaches_the_child_as_data(path):
    assert inspect_isolated(path, '--help "; $(id)\n.txt').safe_name == "help - -(id).txt"


@pytest.mark.parametrize("way", WAYS)
def test_a_child_that_misbehaves_refuses_the_file(way, path, bad_child, monkeypatch):
    monkeypatch.setattr(isolated, "CPU_SECONDS", 1)  # the child reads its own; here the wall ends it
    report = inspect_isolated(path, way, seconds=2)
    assert (report.accepted, report.code, report.size) == (False, "not_read_safely", 5)


def test_a_child_that_hangs_is_ended(path, bad_child):
    assert inspect_isolated(path, "hang.txt", seconds=0.5).code == "not_read_safely"


def test_a_child_can_not_write_more_than_its_report(path, bad_child):
    inspect_isolated(path, "write.txt")
    assert path.with_name("quarantined.written").stat().st_size <= isolated.LARGEST_ANSWER


def test_without_confinement_the_child_could_write(path, monkeypatch):
    written = path.with_name("quarantined.written")
    question = json.dumps({"declared_name": "write.txt", "path": str(path)})
    script = "import json, sys; from tests.trusted_trader.evidence_files.bad_child import misbehave as m; "
    script += "a = json.loads(sys.stdin.read()); m(a['declared_name'], a['path'])"
    isolated.subprocess.run([isolated.sys.executable, "-c", script], input=question, text=True, cwd=isolated.ROOT)
    assert written.stat().st_size == 5_000_000


def test_the_child_inherits_no_secrets(path, bad_child, monkeypatch):
    monkeypatch.setenv("PORTAL_SECRET", "x")
    environment = inspect_isolated(path, "environment.txt").text.split()
    assert "PYTHONPATH" in environment
    assert "PORTAL_SECRET" not in environment
