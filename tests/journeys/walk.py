"""One user's walk through the pages: each looked at, each form of it sent empty and looked at again."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playwright.sync_api import Page

from tests.journeys.looking import faults_at
from tests.journeys.rooms import Visit

# What a page is made of, so that one that looks the same for another role isn't measured twice.
MADE_OF = re.compile(
    r"<(?:h[1-4]|form|button|table|details|section|nav|dl|ul|select|textarea|input)\b[^>]*?(?: name=\"[^\"]*\")?"
)
# A form whose fields have no names sends nothing: a script answers it.
FORMS = """[...document.querySelectorAll('main form, #content form')].filter((form) => form.method === 'post' &&
  [...form.elements].some((e) => e.name && e.matches('textarea, select, input:not([type=hidden])')
    && !e.closest('details.answer')))"""
# A form's fields tell it apart from others; those it can't do without must make it say no.
TOLD = f"""{FORMS}.map((form) => ({{
  fields: [...new Set([...form.elements].map((e) => e.name).filter((name) => name !== 'csrfmiddlewaretoken'))].join(),
  needs: [...form.elements].some((e) => e.required && e.matches('textarea, input:not([type=hidden])')),
}}))"""
# Empty every field that is seen and press the form's own button, as somebody in a hurry does.
IN_A_HURRY = f"""(n) => {{
  const form = {FORMS}[n];
  for (const e of form.elements) {{
    if (e.matches('[type=radio], [type=checkbox]')) e.checked = false;
    else if (e.matches('textarea, input:not([type=hidden])')) e.value = '';
  }}
  form.noValidate = true;
  const sends = (e) => e.type === 'submit' && !['fill', 'preview'].includes(e.value) && !e.disabled;
  form.requestSubmit([...form.elements].find(sends));
}}"""
ERRORS = "#error-summary, .summary[role=alert]"


@dataclass
class Walk:
    """`seen` are the kinds of page and form that were looked at, `said_no` the routes whose form told an error."""

    page: Page
    seen: set[tuple[str, ...]]
    found: dict[str, list[str]] = field(default_factory=dict)
    opened: set[str] = field(default_factory=set)
    said_no: set[str] = field(default_factory=set)

    def look(self, visit: Visit) -> None:
        answer = self.page.request.get(visit.path)
        if answer.status != 200 or urlsplit(answer.url).path != visit.path:
            return
        self.opened.add(visit.route)
        kind = (visit.route, *sorted(set(MADE_OF.findall(answer.text()))))
        if kind in self.seen:
            return
        self.seen.add(kind)
        self.page.goto(visit.path)
        name = f"{visit.role or 'visitor'} {visit.path}"
        self.found |= faults_at(self.page, name)
        self._hurry(visit, name)

    def _hurry(self, visit: Visit, name: str) -> None:
        for n, form in enumerate(self.page.evaluate(TOLD)):
            if ("form", visit.route, form["fields"]) in self.seen:
                continue
            self.seen.add(("form", visit.route, form["fields"]))
            with self.page.expect_navigation():
                self.page.evaluate(IN_A_HURRY, n)
            if self.page.locator(ERRORS).count():
                self.said_no.add(visit.route)
                self.found |= faults_at(self.page, f"{name} with errors")
            elif form["needs"]:
                self.found[f"{name} sent empty"] = [f"takes it, although it needs more: {form['fields']}"]
            self.page.goto(visit.path)
            if n + 1 >= self.page.evaluate(f"{FORMS}.length"):
                return  # what was sent has changed the page
