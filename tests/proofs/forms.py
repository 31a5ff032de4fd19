"""Every form that the portal's pages offer, as a browser finds them: where it goes, and what one would send.

The forms come from the pages, the pages from the routes. Only what a person would have to think of is told here. A form
with several buttons is several forms, as each button sends something else; what a page's script sends is one as well.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin, urlsplit

from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponseBase
from django.test import Client
from django.urls import resolve

from fastlane.parcels import columns

YESTERDAY, LAST_WEEK, NEXT_WEEK = (f"{date.today() + timedelta(days=days)}" for days in (-1, -7, 7))
# What a person would write, by the name of the field.
WRITTEN: dict[str, Any] = {
    "legal_name": "Twice Trading", "name": "Nora Twice", "title": "Plan of the gate", "street": "2 Quay", "city": "Norfolk",
    "country": "US", "email": "twice@example.org", "issued_on": "2026-09-01", "ends_on": "2027-09-01", "expires_on": "",
    "visited_on": LAST_WEEK, "typed_name": "Olga Officer", "count": "3", "because": "We carry no wood packaging at all here.",
    "text": "Our guard checks the gate at every change of shift and writes it down.", "kind": "trucks",
    "reason": "Less work for one, and more for another.", "message": "Two answers need more.", "is_manager": "on",
    "conclusion": "Numbers, people and history were checked: nothing was found.", "comment": "", "private": "",
    "letter": "Dear company,\n\nthis is what we have decided.", "base_version": "1", "company_word": "We look into it.",
    "summary": "The gates and the seals were seen, and all was in order there.", "number": "", "cleared": "yes",
    "term": "Harbor", "source": "The terminal's log", "imo": "9703291", "voyage": "140E", "url": "https://partner.example/hook",
    "all_fast_at": f"{LAST_WEEK}T10:00", "first_container_at": f"{LAST_WEEK}T12:00", "crew_cleared_at": f"{LAST_WEEK}T13:00",
    "happened_at_0": YESTERDAY, "happened_at_1": "10:00", "observed_at_0": YESTERDAY, "observed_at_1": "10:00",
    "starts_at_0": NEXT_WEEK, "starts_at_1": "12:00",
}  # fmt: skip
# What these forms need that differs from what they show.
CHANGED: dict[str, dict[str, str]] = {
    "admin:lane_fact": {"path": "notice_of_arrival_received", "value": "yes"},
    "admin:rulebook_row_new": {
        "c_code": "9901", "c_name": "Port Twice", "c_aliases": "", "c_phase": "pilot", "c_from": NEXT_WEEK, "c_to": "", "c_source": "A test.",
    },
    "lane_amend": {"voyage": "139E"},
    "partner_sandbox": {"level": "certified", "status": "suspended"},
}  # fmt: skip
FILES = {
    "parcel_files": ("parcels.csv", columns.template().encode(), "text/csv"),
    "lane_port_calls": ("calls.csv", b"SG,,2026-08-02,SGSIN\nKR,,2026-08-20,KRPUS\n", "text/csv"),
}
A_FILE = ("gate.txt", b"The gate is locked at night.\n", "text/plain")
SKIPPED = {"csrfmiddlewaretoken"}


@dataclass(frozen=True)
class Button:
    name: str = ""
    value: str = ""
    action: str = ""  # where it leads, when not to the form's own address


@dataclass
class Form:
    """A form of one page: its address, its route, and the values it starts with."""

    action: str
    route: str
    values: dict[str, Any] = field(default_factory=dict)
    unticked: dict[str, str] = field(default_factory=dict)
    offered: set[str] = field(default_factory=set)
    files: set[str] = field(default_factory=set)
    buttons: list[Button] = field(default_factory=list)
    script: list[tuple[str, str]] = field(default_factory=list)  # how the page's script sends it, and where
    button: Button = Button()
    by_script: bool = False

    @property
    def title(self) -> str:
        """The route, with the word of the address and of the button that tell its forms apart."""
        word = resolve(self.action).kwargs.get("action", "")
        pressed = f"{self.button.name}={self.button.value}" if self.button.name else ""
        return " ".join(filter(None, (self.route, word, pressed, "by script" * self.by_script)))

    @property
    def kind(self) -> tuple[str, frozenset[str]]:
        """Forms of one kind ask the same of the portal; ids and numbers in names make no other one."""
        return self.title, frozenset(re.sub(r"\d+(\.\d+)*", "#", name) for name in self.offered)

    def filled(self, *, ticked: bool = True) -> dict[str, Any]:
        """What a person would send: what is there, and words where nothing is; with every box ticked, or as it is."""
        sent = {}
        changed = CHANGED.get(self.route, {})
        for name, value in (self.values | (self.unticked if ticked else {})).items():
            if name in changed:
                value = changed[name]
            elif value in ("", None) and name in WRITTEN:
                value = WRITTEN[name]
            elif value in ("", None) and name.startswith("question-"):
                value = "Who owns this?"
            sent[name] = value if value is not None else ""
        for name in self.files:
            file, content, kind = FILES.get(self.route, A_FILE)
            sent[name] = SimpleUploadedFile(file, content, kind)
        if self.button.name:
            sent[self.button.name] = self.button.value
        return sent

    def by_button(self) -> Iterator[Form]:
        """The same form once for each of its buttons, and once for each address to which the page's script sends it.

        Without a button there is nothing to press.
        """
        for button in dict.fromkeys(self.buttons):
            action = button.action or self.action
            yield replace(self, action=action, route=resolve(action).view_name, button=button)
        for how, action in dict.fromkeys(self.script):
            # What is saved while one writes carries no key: the form itself is sent later.
            values = {name: value for name, value in self.values.items() if name != "once" or how == "hx-post"}
            route = resolve(action).view_name
            yield replace(self, action=action, route=route, values=values, buttons=[], by_script=True)


class Reader(HTMLParser):
    """Takes the POST forms out of a page. A field may stand outside its form and name it."""

    def __init__(self, page: str, known: dict[str, Form] | None = None) -> None:
        super().__init__()
        self.page = page
        self.known = known or {}  # by their ids, from a first reading
        self.forms: list[Form] = []
        self.ids: dict[str, Form] = {}
        self._form: Form | None = None
        self._owner: Form | None = None
        self._select = ""
        self._text = ""

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attributes}
        if tag == "form":
            if given.get("method", "").lower() == "post":
                self._begin(given)
            return
        form = self.known.get(given["form"]) if "form" in given else self._form
        name = given.get("name", "")
        if tag == "option":
            self._option(given)
        elif form is None:
            return
        elif tag == "button":
            self._button(form, given)
        elif tag == "input" and name:
            self._input(form, name, given)
        elif tag == "select" and name:
            form.offered.add(name)
            self._owner, self._select = form, name
            form.values.setdefault(name, None)
        elif tag == "textarea" and name:
            form.offered.add(name)
            self._owner, self._text = form, name
            form.values.setdefault(name, "")

    def _begin(self, given: dict[str, str]) -> None:
        path = self._path(given.get("action", ""))
        form = self.known.get(given.get("id", "")) or Form(path, resolve(path).view_name)
        form.script += [(how, self._path(given[how])) for how in ("hx-post", "data-autosave") if given.get(how)]
        if given.get("id"):
            self.ids[given["id"]] = form
        self._form = form
        self.forms.append(form)

    def _path(self, action: str) -> str:
        return urlsplit(urljoin(self.page, action) or self.page).path

    def _button(self, form: Form, given: dict[str, str]) -> None:
        if given.get("type", "submit") != "submit" or "disabled" in given:
            return
        action = self._path(given["formaction"]) if given.get("formaction") else ""
        form.buttons.append(Button(given.get("name", ""), given.get("value", ""), action))
        if given.get("name"):
            form.offered.add(given["name"])

    def _option(self, given: dict[str, str]) -> None:
        if self._owner and self._select:
            value = given.get("value", "")
            if "selected" in given or (not self._owner.values[self._select] and value):
                self._owner.values[self._select] = value

    def _input(self, form: Form, name: str, given: dict[str, str]) -> None:
        kind, value = given.get("type", "text"), given.get("value", "")
        form.offered.add(name)
        if kind == "file":
            form.files.add(name)
        elif kind == "submit":
            form.buttons.append(Button(name, value))
        elif kind == "radio":
            if "checked" in given or name not in form.values:
                form.values[name] = value or "on"
        elif kind == "checkbox":
            if "checked" in given:
                form.values[name] = value or "on"
            else:
                form.unticked.setdefault(name, value or "on")
        else:
            form.values[name] = value

    def handle_data(self, data: str) -> None:
        if self._owner and self._text:
            self._owner.values[self._text] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "select":
            self._select = ""
        elif tag == "textarea" and self._owner and self._text:
            self._owner.values[self._text] = self._owner.values[self._text].lstrip("\n")
            self._text = ""


def forms_in(response: HttpResponseBase) -> Iterator[Form]:
    """The POST forms on a page that was answered, one for each of their buttons."""
    if response.streaming or not response.headers.get("Content-Type", "").startswith("text/html"):
        return
    page, text = response.wsgi_request.path, response.content.decode()
    first = Reader(page)
    first.feed(text)
    empty = {name: Form(form.action, form.route) for name, form in first.ids.items()}
    reader = Reader(page, empty)
    reader.feed(text)
    for form in reader.forms:
        for name in SKIPPED:
            form.values.pop(name, None)
        yield from form.by_button()


def forms_of(client: Client, address: str) -> Iterator[Form]:
    """The POST forms on a page, if it is one that this client may see."""
    response = client.get(address)
    if response.status_code == 200:
        yield from forms_in(response)
