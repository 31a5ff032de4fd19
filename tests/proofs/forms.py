"""Every form that the portal's pages offer, as a browser finds them: where it goes, and what one would send.

The forms come from the pages, the pages from the routes. Only what a person would have to think of is told here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin, urlsplit

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import resolve

# What a person would write, by the name of the field.
WRITTEN: dict[str, Any] = {
    "legal_name": "Twice Trading", "name": "Nora Twice", "title": "Plan of the gate", "street": "2 Quay", "city": "Norfolk",
    "country": "US", "email": "twice@example.org", "issued_on": "2026-09-01", "ends_on": "2027-09-01", "expires_on": "",
    "visited_on": "2026-11-20", "typed_name": "Olga Officer", "count": "3", "because": "We carry no wood packaging at all here.",
    "text": "Our guard checks the gate at every change of shift and writes it down.", "kind": "trucks",
    "reason": "Less work for one, and more for another.", "message": "Two answers need more.", "is_manager": "on",
    "conclusion": "Numbers, people and history were checked: nothing was found.", "comment": "", "private": "",
    "letter": "Dear company,\n\nthis is what we have decided.", "base_version": "1", "company_word": "We look into it.",
    "summary": "The gates and the seals were seen, and all was in order there.", "number": "", "cleared": "yes",
}  # fmt: skip
SKIPPED = {"csrfmiddlewaretoken"}


@dataclass
class Form:
    """A form of one page: its address, its route, and the values it starts with."""

    action: str
    route: str
    values: dict[str, Any] = field(default_factory=dict)
    offered: set[str] = field(default_factory=set)
    files: set[str] = field(default_factory=set)

    def filled(self) -> dict[str, Any]:
        """What a person would send: what is there, and words where nothing is."""
        sent = {}
        for name, value in self.values.items():
            if value in ("", None) and name in WRITTEN:
                value = WRITTEN[name]
            elif value in ("", None) and name.startswith("question-"):
                value = "Who owns this?"
            sent[name] = value if value is not None else ""
        for name in self.files:
            sent[name] = SimpleUploadedFile("gate.txt", b"The gate is locked at night.\n", "text/plain")
        return sent


class Reader(HTMLParser):
    """Takes the POST forms out of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.page = page
        self.forms: list[Form] = []
        self._form: Form | None = None
        self._select = ""
        self._text = ""

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attributes}
        if tag == "form" and given.get("method", "").lower() == "post":
            action = urljoin(self.page, given.get("action", "")) or self.page
            path = urlsplit(action).path
            self._form = Form(path, resolve(path).view_name)
            self.forms.append(self._form)
        form = self._form
        name = given.get("name", "")
        if form is None or (not name and tag != "option"):
            return
        if tag == "input":
            self._input(form, name, given)
        elif tag == "button" and name:
            form.offered.add(name)
            form.values.setdefault(name, given.get("value", ""))
        elif tag == "select":
            form.offered.add(name)
            self._select = name
            form.values.setdefault(name, None)
        elif tag == "option" and self._select:
            value = given.get("value", "")
            if "selected" in given or (not form.values[self._select] and value):
                form.values[self._select] = value
        elif tag == "textarea":
            form.offered.add(name)
            self._text = name
            form.values.setdefault(name, "")

    def _input(self, form: Form, name: str, given: dict[str, str]) -> None:
        kind, value = given.get("type", "text"), given.get("value", "")
        form.offered.add(name)
        if kind == "file":
            form.files.add(name)
        elif kind in {"checkbox", "radio"}:
            if "checked" in given or (kind == "radio" and name not in form.values):
                form.values[name] = value or "on"
            elif kind == "checkbox":
                form.values.setdefault(name, value or "on")
        else:
            form.values[name] = value

    def handle_data(self, data: str) -> None:
        if self._form and self._text:
            self._form.values[self._text] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "select":
            self._select = ""
        elif tag == "textarea" and self._form and self._text:
            self._form.values[self._text] = self._form.values[self._text].lstrip("\n")
            self._text = ""


def forms_of(client: Client, address: str) -> Iterator[Form]:
    """The POST forms on a page, if it is one that this client may see."""
    response = client.get(address)
    if (
        response.status_code == 200
        and response.headers.get("Content-Type", "").startswith("text/html")
        and not response.streaming
    ):
        reader = Reader(response.wsgi_request.path)
        reader.feed(response.content.decode())
        for form in reader.forms:
            for name in SKIPPED:
                form.values.pop(name, None)
            yield form
