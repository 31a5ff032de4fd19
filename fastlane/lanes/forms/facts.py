"""A form whose fields are the facts of a dataclass: one description serves rules, API and pages.

What is typed is read by the facts' own strict reader; its problems stand at the fields they speak of.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.text import capfirst
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.forms import day_input
from fastlane.lanes.forms.moments import MomentField
from fastlane.lanes.row_text import RowsRefused, read_rows, write_rows
from fastlane.rules import FactsRefused
from fastlane.rules.facts import Fact, described, read

YES_NO = [("yes", _("Yes")), ("no", _("No"))]
BOX = re.compile(r"\[([0-9.\-]+)\]\s*(.*)")
MOST_SHOWN = 12  # problems of one list


@dataclass(frozen=True, slots=True)
class Options:
    """How facts are asked. Paths of lists count without their number, as in "itinerary.port".

    `ticks`: a box that is not ticked is no. `choices`: the words of a list. `suggest`: the name of a datalist.
    `rows`: lists that are asked row by row; other lists are asked as text, a line each. `zone`: how times are shown.
    """

    leave_out: frozenset[str] = frozenset()
    ticks: frozenset[str] = frozenset()
    choices: Mapping[str, Sequence[tuple[str, Any]]] = field(default_factory=dict)
    suggest: Mapping[str, str] = field(default_factory=dict)
    rows: frozenset[str] = frozenset()
    zone: str = ""


class FactsForm(forms.Form):
    """The facts of `of`; `document` is what stands there now. `more` names a list that gets another empty row."""

    def __init__(
        self,
        of: type,
        data: Any = None,
        *,
        document: Mapping[str, Any] | None = None,
        options: Options = Options(),
        more: str = "",
        prefix: str | None = None,
    ) -> None:
        super().__init__(data, prefix=prefix)
        self.of = of
        self.options = options
        self.kept = document or {}
        self.lists: dict[str, int] = {}
        self.texts: dict[str, Fact] = {}
        self._add(of, "", self.kept, more)

    def _add(self, of: type, under: str, document: Mapping[str, Any], more: str) -> None:
        for name, fact in described(of).items():
            path = f"{under}{name}"
            value = document.get(name)
            if path in self.options.leave_out:
                continue
            if fact.most and fact.group and path in self.options.rows:
                self._add_rows(fact, path, value or [], more)
            elif fact.most and fact.group:
                self.texts[path] = fact
                self.fields[path] = _lines(fact, value)
            elif fact.group:
                self._add(fact.group, f"{path}.", value or {}, more)
            else:
                self.fields[path] = self._field(fact, path, value)

    def _add_rows(self, fact: Fact, path: str, entries: Sequence[Mapping[str, Any]], more: str) -> None:
        assert fact.group is not None  # noqa: S101 - a list of groups
        rows = max(len(entries), self._typed_rows(path), 1) + (more == path)
        self.lists[path] = min(rows, fact.most)
        for number in range(self.lists[path]):
            self._add(fact.group, f"{path}.{number}.", entries[number] if number < len(entries) else {}, "")

    def _typed_rows(self, path: str) -> int:
        start = f"{self.add_prefix(path)}."
        numbers = [name.removeprefix(start).partition(".")[0] for name in self.data if name.startswith(start)]
        return max((int(number) + 1 for number in numbers if number.isdecimal() and len(number) < 4), default=0)

    def _field(self, fact: Fact, path: str, value: Any) -> forms.Field:
        assert fact.kind is not None  # noqa: S101 - a single value has a kind
        general = re.sub(r"\.\d+\.", ".", path)
        kind = fact.kind.schema
        common: dict[str, Any] = {"label": label_of(fact), "help_text": hint_of(fact), "required": False}
        made: forms.Field
        if general in self.options.ticks:
            made = forms.BooleanField(initial=bool(value), **common)
        elif kind["type"] == "boolean":
            word = {True: "yes", False: "no"}.get(value, "")  # type: ignore[call-overload]
            made = forms.ChoiceField(choices=YES_NO, widget=forms.RadioSelect, initial=word, **common)
        elif general in self.options.choices or "enum" in kind:
            made = forms.CharField(
                widget=forms.Select(choices=self._words(general, kind, value)), initial=value, **common
            )
        elif kind.get("format") == "date-time":
            made = MomentField(zone=self.options.zone, initial=value, **common)
        elif kind.get("format") == "date":
            made = forms.CharField(widget=day_input(), initial=value, **common)
        else:
            attrs = {"autocomplete": "off"} | ({"inputmode": "numeric"} if kind["type"] == "integer" else {})
            if suggested := self.options.suggest.get(general):
                attrs["list"] = suggested
            made = forms.CharField(widget=forms.TextInput(attrs=attrs), initial=value, max_length=400, **common)
        made.expected = not fact.optional  # type: ignore[attr-defined]
        return made

    def _words(self, general: str, kind: Mapping[str, Any], value: Any) -> list[tuple[str, Any]]:
        words = list(self.options.choices.get(general) or [(word, _word(word)) for word in kind["enum"]])
        if value and value not in dict(words):
            words.append((value, value))
        return [("", _("Choose")), *words]

    # What was typed

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if not self.errors:
            try:
                read(self.of, self.document())
            except FactsRefused as refused:
                for problem in refused.problems:
                    self._tell(problem.pointer, problem.detail)
        return cleaned

    def _tell(self, pointer: str, detail: str) -> None:
        path = pointer.strip("/").replace("/", ".")
        while path and path not in self.fields:
            path = path.rpartition(".")[0]
        if path and path not in self.errors:
            self.add_error(path, _now(detail))
        elif not path:
            self.add_error(None, _now(detail))

    def document(self) -> dict[str, Any]:
        """What was typed as a JSON document; what the form leaves out stays as it is."""
        return self._collect(self.of, "", self.kept)

    def _collect(self, of: type, under: str, kept: Mapping[str, Any]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name, fact in described(of).items():
            path = f"{under}{name}"
            if path in self.options.leave_out:
                if name in kept:
                    found[name] = kept[name]
            elif path in self.lists and fact.group:
                entries = (self._collect(fact.group, f"{path}.{n}.", {}) for n in range(self.lists[path]))
                # A row between others stays even when it is empty, so that problems stand where they were typed.
                found[name] = _without_empty_end(list(entries)) or None
            elif path in self.texts:
                found[name] = self.cleaned_data.get(path)
            elif fact.group:
                found[name] = self._collect(fact.group, f"{path}.", kept.get(name) or {})
            else:
                found[name] = self._value(fact, path)
        return {name: value for name, value in found.items() if value not in (None, {})}

    def _value(self, fact: Fact, path: str) -> Any:
        value = self.cleaned_data.get(path)
        assert fact.kind is not None  # noqa: S101 - a single value has a kind
        kind = fact.kind.schema
        if isinstance(value, datetime):
            return value.isoformat().replace("+00:00", "Z")
        if isinstance(value, bool) or value in (None, ""):
            # An empty text means "not given", but an empty region is an answer.
            return value if isinstance(value, bool) else None
        if kind["type"] == "boolean":
            return {"yes": True, "no": False}.get(value)
        if kind["type"] in {"integer", "number"}:
            return _number(value, whole=kind["type"] == "integer")
        return value.upper() if _is_code(str(kind.get("pattern", ""))) else value

    def bound(self, path: str) -> BoundField:
        return self[path]

    def sections(self) -> Iterator[Section]:
        """Every top-level group with its fields; facts that stand alone are told together, under no title."""
        alone: list[BoundField] = []
        for name, fact in described(self.of).items():
            if fact.group and not fact.most:
                fields = [self[path] for path in self.fields if path.startswith(f"{name}.")]
                if fields:
                    yield Section(capfirst(_now(fact.title)), fields)
            elif name in self.fields:
                alone.append(self[name])
        if alone:
            yield Section("", alone)

    def rows_of(self, path: str) -> list[list[BoundField]]:
        return [
            [self[name] for name in self.fields if name.startswith(f"{path}.{number}.")]
            for number in range(self.lists[path])
        ]


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a form: its title and its fields."""

    title: str
    fields: Sequence[BoundField]


class LinesField(forms.CharField):
    """Entries of a list, pasted a line each; gives the entries, or None when it is empty."""

    def __init__(self, fact: Fact, **kwargs: Any) -> None:
        self.fact = fact
        super().__init__(widget=forms.Textarea(attrs={"rows": 5, "spellcheck": "false"}), **kwargs)

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text.strip():
            return None
        assert self.fact.group is not None  # noqa: S101 - a list of groups
        try:
            return read_rows(self.fact.group, text, self.fact.most) or None
        except RowsRefused as refused:
            raise forms.ValidationError([fault_words(fault) for fault in refused.faults[:MOST_SHOWN]]) from refused


def fault_words(fault: Any) -> str:
    """A row's fault in one sentence."""
    if not fault.line:
        return _now(fault.detail)
    if not fault.column:
        return _now("Line %(line)s: %(what)s") % {"line": fault.line, "what": _now(fault.detail)}
    place = {"line": fault.line, "column": fault.column, "what": _now(fault.detail)}
    return _now("Line %(line)s, %(column)s: %(what)s") % place


def _lines(fact: Fact, value: Any) -> LinesField:
    assert fact.group is not None  # noqa: S101 - a list of groups
    names = ", ".join(described(fact.group))
    hint = _now("A line each: %(names)s. Paste from a sheet, or write with commas.") % {"names": names}
    made = LinesField(fact, label=label_of(fact), help_text=hint, required=False)
    made.initial = write_rows(fact.group, value) if value else ""
    made.expected = True  # type: ignore[attr-defined]
    return made


def label_of(fact: Fact) -> str:
    return capfirst(_now(fact.title))


def hint_of(fact: Fact) -> str:
    """The description; a box number of form 3171 in words."""
    text = _now(fact.description) if fact.description else ""
    box = BOX.fullmatch(text)
    if box is None:
        return text
    place = _now("Box %(box)s of form 3171.") % {"box": box[1]}
    return f"{place} {capfirst(box[2])}".strip()


def _word(word: str) -> str:
    return capfirst(word.replace("_", " "))


def _number(text: str, *, whole: bool) -> Any:
    try:
        return int(text) if whole else float(text)
    except ValueError:
        return text  # the facts' reader says what is wrong with it


def _without_empty_end(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    while entries and not entries[-1]:
        entries.pop()
    return entries


def _is_code(pattern: str) -> bool:
    """Whether a value is written in capitals alone, so that it may be typed in small letters."""
    return "A-Z" in pattern and "a-z" not in pattern
