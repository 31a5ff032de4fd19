"""Facts as frozen dataclasses whose fields say their kind, source and title: one description for reading and schema."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, lru_cache
from typing import Any

from fastlane.rules.kinds import Kind, Wrong

_KEY = "fact"

# Made once: json.dumps with options makes an encoder at each call.
_encode = json.JSONEncoder(sort_keys=True, separators=(",", ":"), allow_nan=False).encode


class Source(StrEnum):
    """Who knows a fact."""

    PORTAL = "portal"
    DECLARED = "declared"
    AGENCY = "agency"


PORTAL, DECLARED, AGENCY = Source.PORTAL, Source.DECLARED, Source.AGENCY


@dataclass(frozen=True, slots=True)
class Fact:
    """A field's description. `group` is the dataclass of a nested object, or of a list's items where `most` is set.

    `optional` facts are never missed. `confirmed_by` says who is to confirm an agency's fact.
    """

    title: str
    description: str
    source: Source
    kind: Kind | None = None
    group: type | None = None
    most: int = 0
    optional: bool = False
    confirmed_by: str = ""


def fact(
    kind: Kind, source: Source, title: str, description: str = "", *, optional: bool = False, confirmed_by: str = ""
) -> Any:
    """Describe a field that holds one value, or None while it is missing."""
    described = Fact(title, description, source, kind, optional=optional, confirmed_by=confirmed_by)
    return dataclasses.field(default=None, metadata={_KEY: described})


def group(of: type, source: Source, title: str) -> Any:
    """Describe a field that holds further facts; it is there even when all of them are missing."""
    return dataclasses.field(default_factory=of, metadata={_KEY: Fact(title, "", source, group=of)})


def items(of: type, source: Source, title: str, most: int, description: str = "") -> Any:
    """Describe a field that holds a list of groups, or None while it is missing."""
    described = Fact(title, description, source, group=of, most=most)
    return dataclasses.field(default=None, metadata={_KEY: described})


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a document: where (JSON pointer), a stable code, and what to do."""

    pointer: str
    code: str
    detail: str


class FactsRefused(ValueError):
    """A document that can't be read as facts, with everything that is wrong in it."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(f"{problem.pointer}: {problem.detail}" for problem in self.problems[:5]))

    def under(self, name: str) -> Iterator[Problem]:
        """Yield the problems as seen from the object that holds this one under a name."""
        for problem in self.problems:
            yield dataclasses.replace(problem, pointer=f"/{name}{problem.pointer}")


def described(of: type) -> Mapping[str, Fact]:
    """Return the facts of a dataclass by name."""
    return _described(of)


@cache
def _described(of: type) -> Mapping[str, Fact]:
    return {field.name: field.metadata[_KEY] for field in dataclasses.fields(of)}


def paths(of: type) -> Mapping[str, Fact]:
    """Return every single value (and list) of a lane's facts by its dotted path."""
    return _paths(of)


@cache
def _paths(of: type) -> Mapping[str, Fact]:
    found: dict[str, Fact] = {}
    for name, described_as in described(of).items():
        if described_as.group is None or described_as.most:
            found[name] = described_as
        else:
            found |= {f"{name}.{path}": inner for path, inner in paths(described_as.group).items()}
    return found


def look_up(of: type, path: str) -> Fact:
    """Return a fact by its path, which may lead into a list as "port_calls_24m.calls.0.date"."""
    if (known := paths(of).get(path)) is not None:
        return known
    head, _, rest = path.partition(".")
    if head.isdigit():
        return look_up(of, rest)
    found = described(of)[head]
    return look_up(found.group, rest) if rest and found.group else found


def read[F](of: type[F], document: object) -> F:
    """Read facts strictly. Raises FactsRefused with all that is wrong: unknown fields, types, forms, sizes.

    A dataclass may have a method `contradictions`, which gives the problems of values that don't go together.
    """
    facts = _group_reader(of)(document)
    assert isinstance(facts, of)  # noqa: S101  the cache forgets the type
    return facts


def _group_reader(of: type) -> Callable[[object], object]:
    return _compiled(of)


@cache
def _compiled(of: type) -> Callable[[object], object]:
    readers = {name: _reader(described_as) for name, described_as in described(of).items()}
    contradictions = getattr(of, "contradictions", None)

    def read_group(document: object) -> object:
        if not isinstance(document, dict):
            raise FactsRefused([Problem("", "type", "Give an object.")])
        problems: list[Problem] = []
        values: dict[str, object] = {}
        for name, value in document.items():
            reader = readers.get(name)
            if reader is None:
                unknown = "This field is not known here. Remove it."
                problems.append(Problem(f"/{_escaped(name)}", "unknown_field", unknown))
            elif value is not None:
                try:
                    values[name] = reader(value)
                except Wrong as wrong:
                    problems.append(Problem(f"/{name}", wrong.code, wrong.detail))
                except FactsRefused as refused:
                    problems += refused.under(name)
        facts: object = of(**values)
        if contradictions is not None:
            problems += contradictions(facts)
        if problems:
            raise FactsRefused(problems)
        return facts

    return read_group


def _reader(described_as: Fact) -> Callable[[object], object]:
    if described_as.kind is not None:
        return described_as.kind.read
    of = described_as.group or object
    return _list_reader(of, described_as.most) if described_as.most else _group_reader(of)


def _list_reader(of: type, most: int) -> Callable[[object], object]:
    # The same entry comes again and again, such as a ship's port calls in each of its requests; frozen, it is shared.
    # Only entries that are all text: to a dictionary, True and 1 are the same.
    read_fresh = _group_reader(of)
    texts = all(inner.kind is not None and inner.kind.schema["type"] == "string" for inner in described(of).values())

    @lru_cache(maxsize=1 << 16)
    def read_known(entry: tuple[tuple[str, object], ...]) -> object:
        return read_fresh(dict(entry))

    def read_entry(entry: object) -> object:
        if not texts or not isinstance(entry, dict):
            return read_fresh(entry)
        try:
            return read_known(tuple(entry.items()))
        except TypeError:  # something in it, such as a list, can't be looked up
            return read_fresh(entry)

    def read_list(value: object) -> object:
        if not isinstance(value, list):
            raise Wrong("type", "Give a list.")
        if len(value) > most:
            raise Wrong("too_many", f"Give at most {most} entries.")
        entries: list[object] = []
        problems: list[Problem] = []
        for number, entry in enumerate(value):
            try:
                entries.append(read_entry(entry))
            except FactsRefused as refused:
                problems += refused.under(str(number))
        if problems:
            raise FactsRefused(problems)
        return tuple(entries)

    return read_list


def _escaped(name: object) -> str:
    shown = name if isinstance(name, str) else repr(name)
    return shown[:100].replace("~", "~0").replace("/", "~1")


def plain(facts: object) -> dict[str, object]:
    """Return facts as a JSON document without what is missing; reading it gives the same facts."""
    document: dict[str, object] = {}
    for name, fact_ in described(type(facts)).items():
        value = getattr(facts, name)
        if value is None:
            continue
        if fact_.kind is not None:
            document[name] = fact_.kind.write(value)
        elif fact_.most:
            document[name] = [plain(entry) for entry in value]
        elif inner := plain(value):
            document[name] = inner
    return document


def canonical(facts: object) -> str:
    """Return facts as the one JSON text that stands for them: sorted, no spaces, times in UTC."""
    return _encode(plain(facts))


def digest(canonical_text: str) -> str:
    """Return the SHA-256 of a canonical text, in hexadecimal."""
    return hashlib.sha256(canonical_text.encode()).hexdigest()


def struck[F](facts: F, unconfirmed: Iterable[str]) -> F:
    """Return facts without those that nobody confirmed; a path may name a group, such as "targeting".

    Raises ValueError for a path that is no agency's fact: what is declared can't be unconfirmed.
    """
    for path in unconfirmed:
        named = [known for known in paths(type(facts)) if known == path or known.startswith(f"{path}.")]
        if not named or any(paths(type(facts))[known].source is not AGENCY for known in named):
            raise ValueError(f"{path} is no fact that an agency confirms.")
        for known in named:
            facts = _without(facts, known)
    return facts


def _without[F](facts: F, path: str) -> F:
    head, _, rest = path.partition(".")
    inner = _without(getattr(facts, head), rest) if rest else None
    changed: Any = facts
    result: F = dataclasses.replace(changed, **{head: inner})
    return result


def schema(of: type, title: str) -> dict[str, object]:
    """Return the JSON Schema (2020-12) of a lane's facts; every fact may be null, which means missing."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": title, **_object(of)}


def _object(of: type) -> dict[str, object]:
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": dict(_properties(of)),
    }


def _properties(of: type) -> Iterator[tuple[str, dict[str, object]]]:
    for name, fact_ in described(of).items():
        about: dict[str, object] = {"title": fact_.title, "x-source": fact_.source.value}
        if fact_.description:
            about["description"] = fact_.description
        if fact_.confirmed_by:
            about["x-confirmed-by"] = fact_.confirmed_by
        if fact_.optional:
            about["x-optional"] = True
        if fact_.kind is not None:
            yield name, about | _or_null(fact_.kind.schema)
        elif fact_.group is not None and fact_.most:
            entry = _object(fact_.group)
            yield name, about | {"type": ["array", "null"], "maxItems": fact_.most, "items": entry}
        elif fact_.group is not None:
            yield name, about | _or_null(_object(fact_.group))


def _or_null(inner: Mapping[str, object]) -> dict[str, object]:
    widened = dict(inner) | {"type": [inner["type"], "null"]}
    if isinstance(choices := inner.get("enum"), list):
        widened["enum"] = [*choices, None]
    return widened
