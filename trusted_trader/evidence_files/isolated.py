"""Inspect a file in a process of its own, with little memory, little time and none of our secrets."""

import json
import resource
import subprocess
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path

from trusted_trader.evidence_files.content import KINDS
from trusted_trader.evidence_files.inspection import inspect
from trusted_trader.evidence_files.names import extension_of, safe_name
from trusted_trader.evidence_files.report import DEFAULT, MB, REASONS, Limits, Report

ADDRESS_SPACE = 400 * MB  # the promise is 200 MB in use; libraries map far more than they touch
CPU_SECONDS = 8
WALL_SECONDS = 10.0
LARGEST_ANSWER = 1 * MB
MODULE = "trusted_trader.evidence_files"
ROOT = Path(__file__).resolve().parents[2]


def confine() -> None:
    """Lower this process's limits for good: memory, processor time, files written, no core dump."""
    for what, most in (
        (resource.RLIMIT_AS, ADDRESS_SPACE),
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_FSIZE, LARGEST_ANSWER),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))


def answer(question: str) -> str:
    """Inspect what the JSON question names and return the report as JSON; the child process's whole work."""
    asked = json.loads(question)
    report = inspect(Path(asked["path"]), asked["declared_name"], Limits(**asked["limits"]))
    return json.dumps(asdict(report))


def inspect_isolated(
    path: Path, declared_name: str, limits: Limits = DEFAULT, *, seconds: float = WALL_SECONDS
) -> Report:
    """Inspect a stranger's file as `inspect` does, in a confined child process.

    A crash, a timeout after `seconds` or an answer that makes no sense refuses the file as "not_read_safely".
    """
    question = json.dumps({"path": str(path.resolve()), "declared_name": declared_name, "limits": asdict(limits)})
    extension = extension_of(declared_name)
    doubt = Report(
        False, "not_read_safely", size=path.stat().st_size,
        safe_name=safe_name(declared_name, KINDS[extension].extension if extension in KINDS else ""),
    )  # fmt: skip
    with tempfile.TemporaryFile() as output:
        try:
            subprocess.run(  # noqa: S603 - fixed command, the file's name travels as data
                [sys.executable, "-m", MODULE],
                input=question.encode(), stdout=output, stderr=subprocess.DEVNULL,
                cwd=ROOT, env={"PYTHONPATH": str(ROOT)}, timeout=seconds, check=True,
            )  # fmt: skip
            output.seek(0)
            report = Report(**json.loads(output.read(LARGEST_ANSWER)))
        except (subprocess.SubprocessError, OSError, ValueError, TypeError):
            return doubt
    return report if report.code in REASONS else doubt
