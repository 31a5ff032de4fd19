"""What the demonstration's companies write: texts filled with their own trade, people, places and figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from trusted_trader.checks.facts import TIES
from trusted_trader.criteria import Criterion
from trusted_trader.demo.companies import HISTORIES, Plan, dice, lines

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")
MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October")
IT_FIRMS = ("Kestrel Systems", "Plover Networks", "Bluebolt IT", "Orbit & Oak", "Fernway Computing")
GUARD_FIRMS = ("Northgate Watch", "Lamplight Guarding", "Stonecrop Security", "Halberd Patrol")
CARRIERS = ("Dunlin Freight", "Bramble Road Haulage", "Copper Mile Transport", "Starling Lines", "Oxbow Trucking")

THIN = "Yes, our staff takes care of this every day."
EMPTY = "We take security very seriously. All our procedures are in place and we always comply fully with the criteria."
PLANS = (
    "{lead} has made a start. We plan to install what is missing at {site} "
    "and the company will write the procedure after that."
)
LATER = "This is not there yet at {site}; {lead} sees to it by the end of {mon}, measure {code}."


@dataclass(frozen=True, slots=True)
class Answer:
    """State and texts of one answer, as `save_answer` takes them."""

    state: str
    text: str = ""
    because: str = ""


@cache
def _grouped(name: str) -> Mapping[str, Sequence[str]]:
    found: dict[str, list[str]] = {}
    for key, *text in lines(name):
        found.setdefault(key, []).append("|".join(text))
    return found


def carrier(plan: Plan) -> str:
    return CARRIERS[plan.number % len(CARRIERS)]


def slots(plan: Plan, people: Mapping[str, str], about: str) -> dict[str, str]:
    """The words that fill a text: the company's own, and figures that depend on what the text is about."""
    roll = dice(plan.key, about)
    initials = "".join(word[0] for word in plan.legal_name.split()[:2]).upper()
    chapter, _, place = about.partition(".")
    return {
        "legal": plan.legal_name, "city": plan.city, "site": plan.site, "goods": plan.goods,
        "goods_c": plan.goods[0].upper() + plan.goods[1:], "origin": plan.origin, "partner": plan.partner,
        "partner2": plan.partner2, "carrier": carrier(plan), "unit": plan.unit, "units": f"{plan.unit}s",
        "staff": str(plan.employees), "since": str(plan.since), "it": IT_FIRMS[plan.number % len(IT_FIRMS)],
        "guard": GUARD_FIRMS[plan.number % len(GUARD_FIRMS)], "a": str(roll % 7 + 2), "b": str(roll // 7 % 31 + 11),
        "yr": str((3, 5, 7)[roll // 217 % 3]), "q": ("month", "quarter", "second month")[roll // 651 % 3],
        "wk": WEEKDAYS[roll // 1953 % 5], "mon": MONTHS[roll // 9765 % 10],
        "code": f"{initials}-{chapter.zfill(2)}{place.zfill(2) if place else '00'}", **people,
    }  # fmt: skip


def history(plan: Plan, people: Mapping[str, str]) -> str:
    return HISTORIES[plan.number % len(HISTORIES)].format_map(slots(plan, people, "history"))


def profile(plan: Plan) -> dict[str, bool | None]:
    """The yes/no answers about the business; weaknesses make some of them contradict what is written elsewhere."""
    return {
        "overseas_partners": plan.origin_country != plan.country,
        "subcontracts_transport": "nocarrier" not in plan.weak, "uses_seals": plan.handles_cargo,
        "handles_cargo": plan.handles_cargo, "wood_packaging": plan.handles_cargo and plan.number % 5 != 0,
        "uses_it_network": True, "employs_guards": plan.number % 3 != 0,
        "remote_access": "remote" not in plan.weak and plan.number % 7 != 0,
    }  # fmt: skip


def write(plan: Plan, criteria: Sequence[Criterion], people: Mapping[str, str]) -> dict[str, Answer]:
    """The company's answers by number, its weaknesses included; a draft has the first part of them."""
    denied = {tag for tag, question in TIES.items() if profile(plan)[question] is False}
    if not plan.handles_cargo:
        denied.add("conveyances")
    details = {key: _shuffled(texts, plan.key, key) for key, texts in _grouped("details.txt").items()}
    written = {
        c.number: _answer(plan, c, people, denied, details) for c in criteria[: round(len(criteria) * plan.written)]
    }
    # A should is answered by most, not by all.
    kind = plan.entity_type
    left_out = {
        c.number for c in criteria if c.level(kind) == "should" and dice(plan.key, "left out", c.number) % 3 == 0
    }
    written = {number: answer for number, answer in written.items() if number not in left_out}
    if plan.plan == "draft3":  # a few gaps between what is written
        written = {number: answer for number, answer in written.items() if dice(plan.key, "gap", number) % 9}
    return _weakened(plan, criteria, written, people)


def _shuffled(texts: Sequence[str], *seed: str) -> list[str]:
    return sorted(texts, key=lambda text: dice(*seed, text))


def _answer(
    plan: Plan, criterion: Criterion, people: Mapping[str, str], denied: set[str], details: dict[str, list[str]]
) -> Answer:
    words = slots(plan, people, criterion.number)
    for tag in sorted(criterion.tied_to & denied):
        if not ("remote" in plan.weak and tag == "remote_access"):
            return Answer("not_applicable", because=_grouped("reasons.txt")[tag][0].format_map(words))
    variants = _grouped("answers.txt")[criterion.number]
    text = variants[dice(plan.key, criterion.number, "variant") % len(variants)]
    rest = details.get(criterion.number.partition(".")[0], [])
    if rest and dice(plan.key, criterion.number, "detail") % 5 < 3:
        text = f"{text} {rest.pop()}"
    return Answer("implemented", text.format_map(words))


def _weakened(
    plan: Plan, criteria: Sequence[Criterion], written: dict[str, Answer], people: Mapping[str, str]
) -> dict[str, Answer]:
    """Put honest weaknesses into a few answers, so that there is something to find."""
    able = [number for number, answer in written.items() if answer.state == "implemented"]
    able.sort(key=lambda number: dice(plan.key, "weak", number))
    changed = dict(written)
    for weakness, count in (("thin", 4), ("empty", 3), ("plan", 2)):
        for _time in range(count if weakness in plan.weak and len(able) > count else 0):
            number = able.pop()
            text = {"thin": THIN, "empty": EMPTY, "plan": PLANS}[weakness].format_map(slots(plan, people, number))
            changed[number] = Answer("implemented", text)
    if "bare" in plan.weak:  # the house numbers alone may be open at submission
        for criterion in criteria:
            if criterion.supplementary and criterion.number in changed:
                changed[criterion.number] = Answer("not_yet", LATER.format_map(slots(plan, people, criterion.number)))
                able = [number for number in able if number != criterion.number]
    if "copy" in plan.weak and len(able) > 3:
        original = changed[able.pop()].text
        for number in (able.pop(), able.pop()):
            changed[number] = Answer("implemented", original)
    return changed


def question(plan: Plan, number: str, people: Mapping[str, str]) -> tuple[str, str]:
    """What a reviewer asks about an answer, and what the company adds to it."""
    asked, added = next((q, a) for chapter, q, a in lines("questions.txt") if chapter == number.partition(".")[0])
    return asked, added.format_map(slots(plan, people, number))
