"""The numbers under which companies are known: one table of their forms, one check.

Forms follow a public prototype of the portal's screens [S], a starting point rather than the agency's word; marks stand
in each row: [S] sourced, [K] general knowledge, [I] inferred, house = our own rule.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from stdnum import ean, lei, luhn
from stdnum.exceptions import InvalidChecksum, ValidationError
from stdnum.mx import rfc
from stdnum.us import ein

from accounts.problems import Problem


def gettext_noop(sentence: str) -> str:
    """Mark a sentence for makemessages; pages translate it when they show it."""
    return sentence


_ = gettext_noop

ACCOUNT = "account"
ACCOUNT_PREFIX = "TT-"
LAST_ACCOUNT = 9_999_999  # seven digits and a check digit

API_SCHEMES = (ACCOUNT, "ein", "duns", "lei", "gln", "scac", "iata", "fmc", "filer", "dot")

# What a manufacturer number may begin with.
_COUNTRY_LINES = (Path(__file__).parent / "countries.txt").read_text(encoding="utf-8").splitlines()
ORIGIN_CODES = frozenset(code for line in _COUNTRY_LINES if not line.startswith("#") for code in line.split())


class _NeverIssued(ValidationError):
    """A part of the number is one that nobody hands out."""


def _country_first(value: str) -> None:
    if value[:2] not in ORIGIN_CODES:
        raise _NeverIssued


def _account_digits(value: str) -> None:
    luhn.validate(value.removeprefix(ACCOUNT_PREFIX))


@dataclass(frozen=True, slots=True)
class Scheme:
    """One kind of number.

    `pattern` fits the stored form, `verify` raises stdnum's ValidationError on a wrong check digit or part. `shape` is
    what a number looks like in words. A `sensitive` number is kept encrypted and shown masked.
    """

    code: str
    title: str
    pattern: re.Pattern[str]
    example: str
    shape: str
    hint: str
    authority: str
    sensitive: bool = False
    verify: Callable[[str], object] | None = None


def _scheme(
    code: str,
    title: str,
    pattern: str,
    example: str,
    shape: str,
    hint: str,
    authority: str,
    *,
    sensitive: bool = False,
    verify: Callable[[str], object] | None = None,
) -> Scheme:
    return Scheme(code, title, re.compile(pattern), example, shape, hint, authority, sensitive, verify)


_ALL = (
    _scheme(
        ACCOUNT, _("account number"), r"TT-[0-9]{8}", "TT-00000018", _("TT- and 8 digits"),
        _("This portal gives it to each account."), "house", verify=_account_digits,
    ),
    _scheme(
        "ein", _("EIN (employer identification number)"), r"[0-9]{9}", "12-3456782", _("9 digits"),
        _("The tax number of a United States business."), "prototype screens [S]; prefixes: python-stdnum",
        sensitive=True, verify=ein.validate,
    ),
    _scheme(
        "ior", _("importer of record number"), r"[0-9]{9}|[0-9]{7}[A-Z0-9]{2}|[0-9]{9}[A-Z0-9]{2}", "12-345678200",
        _("9 digits, or 11 characters with digits first"),
        _("Your EIN with a two-character suffix, your number from customs, or a social security number."),
        "prototype screens [S]; EIN with suffix of 11 characters [K]", sensitive=True,
    ),
    _scheme(
        "duns", _("DUNS number"), r"[0-9]{9}", "15-048-3782", _("9 digits"),
        _("Dun & Bradstreet gives it to each business site."), "prototype screens [S]",
    ),
    _scheme(
        "lei", _("LEI (legal entity identifier)"), r"[A-Z0-9]{18}[0-9]{2}", "213800KUD8LAJWSQ9D15",
        _("20 letters and digits"), _("The worldwide number of a legal entity."), "ISO 17442 [K]", verify=lei.validate,
    ),
    _scheme(
        "gln", _("GLN (global location number)"), r"[0-9]{13}", "4006381333931", _("13 digits"),
        _("GS1 gives it to a company or place."), "GS1 general specifications [K]", verify=ean.validate,
    ),
    _scheme(
        "scac", _("SCAC (carrier code)"), r"[A-Z]{2,4}", "EXFR", _("2 to 4 letters"),
        _("The standard carrier alpha code on your manifests."), "prototype screens: 4 letters [S]; 2 to 4 [K]",
    ),
    _scheme(
        "iata", _("IATA code"), r"[A-Z0-9]{1,15}", "284", _("up to 15 letters and digits"),
        _("Your airline or agent code from IATA."), "prototype screens [S]",
    ),
    _scheme(
        "fmc", _("FMC organization number"), r"[A-Z0-9]{6}", "021847", _("6 letters and digits"),
        _("The Federal Maritime Commission gives it to carriers, intermediaries and marine terminals."),
        "prototype screens (FMC / MTO) [S]",
    ),
    _scheme(
        "filer", _("filer code"), r"[A-Z0-9]{3}", "E7K", _("3 letters and digits"),
        _("The first three characters of your entry numbers."), "prototype screens [S]",
    ),
    _scheme(
        "dot", _("US DOT number"), r"[A-Z0-9]{5,8}", "284719", _("5 to 8 letters and digits"),
        _("The number alone, without the letters USDOT. It often has 6 digits."), "prototype screens; agency page [S]",
    ),
    _scheme(
        "mid", _("MID (manufacturer identification)"), r"[A-Z]{2}[A-Z0-9]{1,13}", "MXALPFAB12MON",
        _("a country code, then up to 13 letters and digits"),
        _("Built from country, name and address of the place of origin."),
        "prototype screens [S]; Canadian provinces [K]", verify=_country_first,
    ),
    _scheme(
        "bond", _("bond number"), r"[A-Z0-9]{9}", "91ABC4713", _("9 letters and digits"),
        _("It stands on your customs bond."), "prototype screens [S]",
    ),
    _scheme(
        "broker_license", _("customs broker license number"), r"[0-9]{4,5}", "28471", _("4 or 5 digits"),
        _("The number of your active customs broker license."), "prototype screens [S]",
    ),
    _scheme(
        "sct", _("SCT number"), r"[A-Z0-9]{5,8}|[A-Z0-9]{12,13}", "28471936",
        _("5 to 8, or 12 to 13 letters and digits"), _("The permit number of Mexico's transport ministry."),
        "prototype screens [S]",
    ),
    _scheme(
        "rfc", _("RFC (Mexican tax number)"), r"[A-ZÑ&]{3,4}[0-9]{6}[A-Z0-9]{3}", "GFA8501014Q9",
        _("12 characters for a company, 13 for a person"), _("Mexico's tax office gives it to companies and persons."),
        "prototype screens [S]; parts: python-stdnum", sensitive=True, verify=rfc.validate,
    ),
    _scheme(
        "mc", _("MC number"), r"[A-Z0-9./]{1,30}", "MC284719", _("up to 30 letters and digits"),
        _("Your motor carrier operating authority."), "free text [K]",
    ),
    _scheme(
        "tsa", _("TSA program number"), r"[A-Z0-9./]{1,30}", "WE2107043", _("up to 30 letters and digits"),
        _("Your approval by the Transportation Security Administration."), "free text [K]",
    ),
    _scheme(
        "ace_fast", _("ACE or FAST ID"), r"[A-Z0-9./]{1,30}", "EXFR28471", _("up to 30 letters and digits"),
        _("The number of your ACE carrier account or FAST registration."), "free text [K]",
    ),
)  # fmt: skip

SCHEMES: Mapping[str, Scheme] = {scheme.code: scheme for scheme in _ALL}

# What a company may enter; its account number is ours to give.
ENTERED_SCHEMES = tuple(code for code in SCHEMES if code != ACCOUNT)

_UNKNOWN = _("There is no kind of number called %(scheme)s. Choose one from the list.")
_EMPTY = _("The %(title)s is missing. Enter %(shape)s, for example %(example)s.")
_FORM = _(
    "This %(title)s doesn't have the right form. It should be %(shape)s, for example %(example)s."
    " Compare it with your papers and enter it again."
)
_DIGIT = _(
    "This %(title)s doesn't fit its check digit, so at least one character is wrong."
    " Compare it with your papers and enter it again."
)
_PART = _(
    "This %(title)s has a part that is never issued, such as its first characters or its date."
    " Compare it with your papers and enter it again."
)

_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_UPPER = {ord(small): small.upper() for small in "abcdefghijklmnopqrstuvwxyzñ"}
_INVISIBLE = frozenset("\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff")
_MINUS = frozenset("\u2212\u2043")


def normalise(scheme: str, raw: str) -> str:
    """Return the form in which a number is stored: no spaces, dashes or invisible signs, capital letters, plain digits.

    Signs are changed only where nobody can mean two things by them: full-width letters and digits become plain ones,
    other alphabets are left alone (and then fail the check).
    """
    plain = "".join(sign for sign in raw.translate(_FULL_WIDTH) if not _is_filler(sign))
    value = plain.translate(_UPPER).replace("N\u0303", "Ñ")
    bare = ACCOUNT_PREFIX.rstrip("-")
    if scheme == ACCOUNT and value.startswith(bare):
        return ACCOUNT_PREFIX + value.removeprefix(bare)
    return value


def _is_filler(sign: str) -> bool:
    return sign.isspace() or sign in _INVISIBLE or sign in _MINUS or unicodedata.category(sign) == "Pd"


def check(scheme: str, raw: str) -> Problem | None:
    """Return what is wrong with a number as it was typed, or None. Never raises, whatever the text."""
    known = SCHEMES.get(scheme)
    if known is None:
        return Problem("unknown_scheme", _UNKNOWN, {"scheme": scheme})
    params = {"title": known.title, "shape": known.shape, "example": known.example}
    value = normalise(scheme, raw)
    if not value:
        return Problem("empty", _EMPTY, params)
    if not known.pattern.fullmatch(value):
        return Problem("form", _FORM, params)
    try:
        if known.verify:
            known.verify(value)
    except InvalidChecksum:
        return Problem("check_digit", _DIGIT, params)
    except ValidationError:
        return Problem("part", _PART, params)
    return None


def account_number(sequence: int) -> str:
    """Return the account number of a running number from 1 to 9,999,999. Raises ValueError outside of that."""
    if not 1 <= sequence <= LAST_ACCOUNT:
        raise ValueError(f"An account's running number lies between 1 and {LAST_ACCOUNT}, not at {sequence}.")
    digits = f"{sequence:07d}"
    return f"{ACCOUNT_PREFIX}{digits}{luhn.calc_check_digit(digits)}"
