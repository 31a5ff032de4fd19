"""The crew: what died is started anew, what dies again and again is told, and nobody outlives the end."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from portal.children import MOST_DEATHS, ChildDied, Crew, Stopping

SLEEPER = [sys.executable, "-c", "import time; print('here', flush=True); time.sleep(60)"]
STUBBORN = [
    sys.executable,
    "-c",
    "import signal, time; signal.signal(15, signal.SIG_IGN); print('deaf', flush=True); time.sleep(60)",
]
# A leader with a helper, as a server with its workers.
FAMILY = [
    sys.executable, "-c",
    "import subprocess, sys, time; p = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']);"
    "print(p.pid, flush=True); time.sleep(60)",
]  # fmt: skip


@pytest.fixture(autouse=True)
def impatience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("portal.children.END_TIMEOUT", 0.5)


@pytest.fixture
def crew(tmp_path: Path) -> Iterator[Crew]:
    crew = Crew(tmp_path, os.environ, cwd=tmp_path)
    yield crew
    crew.stop()


def until(true: Callable[[], object], seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.02)


def said(crew: Crew, name: str) -> str:
    return crew.log(name).read_text()


def pids(tmp_path: Path) -> list[int]:
    """The processes whose working folder this is: those that this test started."""
    found = []
    for process in psutil.process_iter(["cwd", "status"]):
        if process.info["cwd"] == str(tmp_path) and process.info["status"] != psutil.STATUS_ZOMBIE:
            found.append(process.pid)
    return sorted(found)


def test_a_lasting_process_that_died_is_started_anew_and_its_log_goes_on(crew, tmp_path):
    crew.start("worker", SLEEPER, lasting=True)
    until(lambda: said(crew, "worker"))
    assert crew.revive() == []
    (first,) = pids(tmp_path)
    os.kill(first, signal.SIGKILL)
    until(lambda: crew.revive() == ["worker"])
    until(lambda: said(crew, "worker") == "here\nhere\n")
    (second,) = pids(tmp_path)
    assert second != first
    assert str(second) in (tmp_path / "run.json").read_text()


def test_a_process_that_was_to_end_is_not_started_anew(crew, tmp_path):
    crew.start("seed", [sys.executable, "-c", ""])
    until(lambda: not pids(tmp_path))
    assert crew.revive() == []
    assert crew.finished("seed") == 0


def test_one_that_dies_again_and_again_is_told_with_the_end_of_its_log(crew):
    crew.start("web", [sys.executable, "-c", "raise SystemExit('no such port')"], lasting=True)
    revived: list[str] = []
    with pytest.raises(ChildDied, match=r"web ended with exit code 1.*\n(.*\n)*no such port"):
        until(lambda: revived.extend(crew.revive()))  # it never becomes true: it ends with the failure
    assert revived == ["web"] * MOST_DEATHS


def test_one_that_hangs_is_ended_with_its_helpers_and_started_anew(crew, tmp_path):
    crew.start("web", FAMILY, lasting=True)
    until(lambda: said(crew, "web").strip())
    before = pids(tmp_path)
    os.kill(before[0], signal.SIGSTOP)
    crew.start_again("web")
    until(lambda: len(said(crew, "web").split()) == 2)
    assert len(before) == len(pids(tmp_path)) == 2
    assert not set(before) & set(pids(tmp_path))


def test_the_end_takes_everybody_also_those_that_do_not_listen(crew, tmp_path):
    crew.start("family", FAMILY)
    crew.start("deaf", STUBBORN)
    until(lambda: said(crew, "family") and said(crew, "deaf"))
    assert len(pids(tmp_path)) == 3  # the control: they are there to be found
    crew.stop()
    until(lambda: pids(tmp_path) == [])
    assert not (tmp_path / "run.json").exists()


def test_a_helper_that_outlived_its_leader_is_ended_too(crew, tmp_path):
    crew.start("web", FAMILY)
    until(lambda: said(crew, "web").strip())
    helper = int(said(crew, "web"))
    leader = next(pid for pid in pids(tmp_path) if pid != helper)
    os.kill(leader, signal.SIGKILL)
    until(lambda: pids(tmp_path) == [helper])
    crew.stop()
    until(lambda: pids(tmp_path) == [])


def test_the_next_crew_ends_those_that_outlived_one_that_was_killed(crew, tmp_path):
    crew.start("web", FAMILY)
    until(lambda: said(crew, "web").strip())
    assert len(pids(tmp_path)) == 2
    Crew(tmp_path, os.environ, cwd=tmp_path)
    until(lambda: pids(tmp_path) == [])


def test_a_number_that_went_to_another_process_is_left_alone(tmp_path):
    bystander = subprocess.Popen(SLEEPER, cwd=tmp_path, start_new_session=True)
    try:
        born = psutil.Process(bystander.pid).create_time()
        (tmp_path / "run.json").write_text(json.dumps({"web": [bystander.pid, born - 100]}))
        Crew(tmp_path, os.environ, cwd=tmp_path)
        assert pids(tmp_path) == [bystander.pid]
        (tmp_path / "run.json").write_text(json.dumps({"web": [bystander.pid, born]}))
        Crew(tmp_path, os.environ, cwd=tmp_path)  # the control: its own number and its own birth
        until(lambda: pids(tmp_path) == [])
    finally:
        bystander.kill()
        bystander.wait()


def test_a_command_that_fails_says_so_and_a_wish_to_end_interrupts_it(crew):
    crew.complete("good", [sys.executable, "-c", ""])
    with pytest.raises(ChildDied, match="migrate ended with exit code 3"):
        crew.complete("migrate", [sys.executable, "-c", "raise SystemExit(3)"])
    crew.stopping.set()
    with pytest.raises(Stopping):
        crew.complete("long", SLEEPER)
