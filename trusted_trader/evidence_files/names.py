"""What a file calls itself, and the name we give it instead."""

import re
import unicodedata

LONGEST = 80
RESERVED = re.compile(r"(con|prn|aux|nul|clock\$|com\d|lpt\d)", re.IGNORECASE)  # device names on Windows
INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
KEPT = "LMN"  # letters, marks and numbers of every alphabet


def _base(declared: str) -> str:
    composed = unicodedata.normalize("NFC", declared)
    visible = "".join(c for c in composed if unicodedata.category(c) not in INVISIBLE)
    return re.split(r"[/\\]", visible)[-1].strip()


def extension_of(declared: str) -> str:
    """Return the last extension in lower case without its dot, or "" when there is none."""
    _stem, dot, extension = _base(declared).rpartition(".")
    return extension.strip().lower() if dot else ""


def safe_name(declared: str, extension: str) -> str:
    """Return a name that is safe to show, store and serve.

    It has no path, no invisible or direction-turning characters, exactly one extension (the given one), and is
    neither empty, nor reserved, nor longer than LONGEST characters before the extension.
    """
    base = _base(declared)
    stem = base.rpartition(".")[0] or base
    kept = "".join(c if unicodedata.category(c)[0] in KEPT or c in "_ ()" else "-" for c in stem)
    kept = unicodedata.normalize("NFC", kept)  # characters that met only now
    tidy = re.sub(r"-{2,}", "-", re.sub(r"\s+", " ", kept))[:LONGEST].strip(" -")
    if not tidy or RESERVED.fullmatch(tidy):
        tidy = f"evidence-{tidy}".strip("-")
    return f"{tidy}.{extension}" if extension else tidy
