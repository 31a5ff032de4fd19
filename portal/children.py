"""Run the portal's own processes side by side, and end all of them together, whatever happens."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import psutil

END_TIMEOUT = 8.0
TAIL_LINES = 20
# A process that ends more often than this within so many seconds is broken: starting it anew would only hide that.
MOST_DEATHS, DEATHS_WITHIN = 3, 60.0


class Stopping(Exception):
    """Somebody asked for the end while work was going on."""


class ChildDied(Exception):
    """A process ended that should not have; the message says which and shows the end of its log."""


@dataclass
class Child:
    """A running process with what it takes to start it anew, and when it ended before (monotonic seconds)."""

    process: subprocess.Popen[bytes]
    command: list[str]
    lasting: bool
    deaths: list[float] = field(default_factory=list)


class Crew:
    """Processes with a log each, in sessions of their own, so that a Ctrl-C in the terminal reaches only us.

    Their numbers are kept in a file: the next start ends those that outlived a crew that was killed outright.
    """

    def __init__(self, folder: Path, environment: Mapping[str, str], *, cwd: Path) -> None:
        self.stopping = threading.Event()
        self._folder, self._environment, self._cwd = folder, dict(environment), cwd
        self._roster = folder / "run.json"
        self._running: dict[str, Child] = {}
        (folder / "log").mkdir(parents=True, exist_ok=True)
        self._end_leftovers()

    def heed_signals(self) -> None:
        """From now on Ctrl-C, SIGTERM and a closed terminal ask for the end instead of ending us halfway."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda *_: self.stopping.set())

    def start(self, name: str, command: list[str], *, output: Path | None = None, lasting: bool = False) -> None:
        """Start a process; what it says goes to its log, or its standard output to `output`. See `revive` for lasting."""
        self._running[name] = Child(self._spawn(name, command, output, "wb"), command, lasting)
        self._write_roster()

    def start_again(self, name: str) -> None:
        """End a process, if it still lives, and start it anew; its log goes on. Raises ChildDied when it ends again
        and again.
        """
        child, now = self._running[name], time.monotonic()
        _end([psutil.Process(child.process.pid)] if child.process.poll() is None else [])
        _kill_group(child.process.pid)  # one that died by itself may have left helpers behind
        child.deaths = [*(then for then in child.deaths if now - then < DEATHS_WITHIN), now]
        if len(child.deaths) > MOST_DEATHS:
            raise ChildDied(self.obituary(name, child.process.wait()))
        child.process = self._spawn(name, child.command, None, "ab")
        self._write_roster()

    def revive(self) -> list[str]:
        """Start anew the lasting processes that have ended, and name them. Raises ChildDied as `start_again` does."""
        ended = [name for name, child in self._running.items() if child.lasting and child.process.poll() is not None]
        for name in ended:
            self.start_again(name)
        return ended

    def finished(self, name: str) -> int | None:
        """The exit code of a process that has ended, which is then no longer watched; None while it runs."""
        code = self._running[name].process.poll()
        if code is not None:
            del self._running[name]
            self._write_roster()
        return code

    def complete(self, name: str, command: list[str]) -> None:
        """Run a command to its end. Raises ChildDied when it fails, Stopping when asked to end meanwhile."""
        self.start(name, command)
        while (code := self.finished(name)) is None:
            self.wait(0.03)
        if code:
            raise ChildDied(self.obituary(name, code))

    def check(self) -> None:
        """Raises ChildDied when one of the processes has ended."""
        for name, child in self._running.items():
            if (code := child.process.poll()) is not None:
                raise ChildDied(self.obituary(name, code))

    def wait(self, seconds: float) -> None:
        """Pause. Raises Stopping as soon as the end is asked for."""
        if self.stopping.wait(seconds):
            raise Stopping

    def stop(self) -> None:
        """Ask every process to end, last started first, and make those that won't."""
        processes = [child.process for child in reversed(self._running.values())]
        _end([psutil.Process(process.pid) for process in processes if process.poll() is None])
        for process in processes:
            _kill_group(process.pid)  # one that died by itself may have left helpers behind
        self._running.clear()
        self._roster.unlink(missing_ok=True)

    def log(self, name: str) -> Path:
        return self._folder / "log" / f"{name}.log"

    def obituary(self, name: str, code: int) -> str:
        tail = "\n".join(self.log(name).read_text(errors="replace").splitlines()[-TAIL_LINES:])
        return f"{name} ended with exit code {code}. The end of {self.log(name)}:\n{tail}"

    def _spawn(self, name: str, command: list[str], output: Path | None, mode: str) -> subprocess.Popen[bytes]:
        with self.log(name).open(mode) as log, (output or Path(os.devnull)).open("wb") as out:
            return subprocess.Popen(  # noqa: S603 - our own command
                command,
                cwd=self._cwd,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=out if output else log,
                stderr=log,
                start_new_session=True,
            )

    def _write_roster(self) -> None:
        known = {}
        for name, child in self._running.items():
            pid = child.process.pid
            with contextlib.suppress(psutil.NoSuchProcess):
                known[name] = [pid, psutil.Process(pid).create_time()]
        draft = self._roster.with_suffix(".new")
        draft.write_text(json.dumps(known))
        draft.replace(self._roster)  # in one step: whoever reads it never finds it half written

    def _end_leftovers(self) -> None:
        try:
            known = json.loads(self._roster.read_text())
        except (OSError, ValueError):
            return
        left = []
        for pid, created in known.values():
            with contextlib.suppress(psutil.NoSuchProcess):
                process = psutil.Process(pid)
                # The number may have gone to another process since.
                if abs(process.create_time() - created) < 0.1:
                    left.append(process)
        _end(left)
        self._roster.unlink(missing_ok=True)


def _end(leaders: list[psutil.Process]) -> None:
    """SIGTERM to each leader, who ends its own helpers; then SIGKILL to whatever is left of its group."""
    members = list(leaders)
    for leader in leaders:
        with contextlib.suppress(psutil.NoSuchProcess):
            members += leader.children(recursive=True)
            leader.terminate()
    _, alive = psutil.wait_procs(members, timeout=END_TIMEOUT)
    for leader in leaders:
        _kill_group(leader.pid)
    for process in alive:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()


def _kill_group(leader: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, signal.SIGKILL)
