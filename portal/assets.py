"""Copy what pages use of the npm packages into static/vendor: compiled style sheets, scripts, and what they name."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
USWDS = ROOT / "node_modules" / "@uswds" / "uswds" / "dist"
HTMX = ROOT / "node_modules" / "htmx.org" / "dist"
VENDOR = ROOT / "static" / "vendor"

NAMED_BY_CSS = re.compile(rb"url\([\"']?\.\./([^)\"'?#]+)")
SOURCE_MAP = re.compile(rb"(/\*#|//#) sourceMappingURL=\S+( \*/)?\s*$")
# Pictures that templates name, beside those the style sheet names.
PICTURES = ("img/sprite.svg", "img/us_flag_small.png", "img/icon-dot-gov.svg", "img/icon-https.svg")


def copy() -> None:
    """Make static/vendor anew from node_modules; the same packages give the same files."""
    draft = VENDOR.with_name("vendor.new")
    shutil.rmtree(draft, ignore_errors=True)
    css = (USWDS / "css" / "uswds.min.css").read_bytes()
    _put(draft / "uswds/css/uswds.min.css", css)
    for script in ("uswds.min.js", "uswds-init.min.js"):
        _put(draft / "uswds/js" / script, (USWDS / "js" / script).read_bytes())
    for name in {named.decode() for named in NAMED_BY_CSS.findall(css)} | set(PICTURES):
        _put(draft / "uswds" / name, (USWDS / name).read_bytes())
    _put(draft / "htmx/htmx.min.js", (HTMX / "htmx.min.js").read_bytes())
    shutil.rmtree(VENDOR, ignore_errors=True)
    draft.rename(VENDOR)


def _put(path: Path, content: bytes) -> None:
    """Write one file, without the mention of a source map that we don't serve."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(SOURCE_MAP.sub(b"", content) if path.suffix in {".css", ".js"} else content)


if __name__ == "__main__":
    copy()
