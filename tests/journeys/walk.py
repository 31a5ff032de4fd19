"""One user's walk through the pages: each looked at, each form of it sent with nothing or nonsense and looked at again.

From each page the walk also takes the links that show the same page otherwise (a filter, a panel, a period).
"""

from __future__ import annotations

import re
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urljoin, urlsplit

from playwright.sync_api import APIResponse, Page

from tests.journeys.looking import faults_at
from tests.journeys.rooms import Visit

# What a page is made of, so that one that looks the same for another role or another row isn't measured twice.
MADE_OF = re.compile(r"<([a-z][a-z0-9]*)\b(?:[^>]*?\sclass=\"([^\"]*)\")?")
# Without a button of its own a form sends nothing: it is there to read, or a script answers it.
FORMS = """[...document.querySelectorAll('main form, #content form')].filter((form) => form.method === 'post' &&
  [...form.elements].some((e) => e.type === 'submit' && !e.disabled) &&
  [...form.elements].some((e) => e.name && e.matches('textarea, select, input:not([type=hidden])')))"""
# A form's fields tell it apart from others; those it can't do without must make it say no.
TOLD = f"""{FORMS}.map((form) => ({{
  fields: [...new Set([...form.elements].map((e) => e.name).filter((name) => name !== 'csrfmiddlewaretoken'))].join(),
  needs: [...form.elements].some((e) => e.required && e.matches('textarea, input:not([type=hidden])')),
  steps: [...form.elements].filter((e) => e.type === 'submit' && ['fill', 'preview'].includes(e.value) && !e.disabled)
    .map((e) => e.value),
}}))"""
# Fill every field that is seen, with nothing or with nonsense, and press the form's own button. What a script would
# send in the background goes as a page, so that there is a page to look at.
SEND = f"""([n, words]) => {{
  const form = {FORMS}[n];
  for (const e of form.elements) {{
    if (e.matches('[type=radio], [type=checkbox]')) e.checked = false;
    else if (e.matches('[type=file]')) e.value = '';
    else if (e.matches('select') && words) {{ e.add(new Option(words, words)); e.value = words; }}
    else if (e.matches('textarea, input:not([type=hidden])')) {{
      if (words && e.matches('input')) e.type = 'text';
      e.value = words;
    }}
  }}
  form.noValidate = true;
  const quiet = (e) => ['fill', 'preview'].includes(e.value) || e.hasAttribute('formaction') || e.disabled;
  const button = [...form.elements].find((e) => e.type === 'submit' && !quiet(e));
  if (!form.matches('[hx-post]:not([hx-trigger])')) return form.requestSubmit(button);
  if (button && button.name) {{
    form.append(Object.assign(document.createElement('input'), {{type: 'hidden', name: button.name, value: button.value}}));
  }}
  HTMLFormElement.prototype.submit.call(form);
}}"""
EMPTY, NONSENSE = "", "nonsense " * 700
# Press a button that only shows what would be sent, or fills a field.
STEP = f"""([n, value]) => {{
  const form = {FORMS}[n];
  form.noValidate = true;
  form.requestSubmit([...form.elements].find((e) => e.type === 'submit' && e.value === value));
}}"""
LINKS = "[...document.querySelectorAll('main a[href], #container a[href]')].map((a) => a.getAttribute('href'))"
DIALOGS = "[...document.querySelectorAll('dialog[id]')].map((dialog) => dialog.id)"
OPEN = "(id) => document.getElementById(id).showModal()"
SORTED = re.compile(r"(?:^|&)o=")  # the same rows in another order
ERRORS = "#error-summary, .summary[role=alert], .messagelist .error, .usa-alert--error"
MOST_LINKS = 30  # of one route for one walker, so that pages of a long list don't go on for ever
FRESH_FOR = 120  # seconds; pages that need a fresh factor close after five minutes


@dataclass
class Walk:
    """`seen` are the kinds of page and form that were looked at, `said_no` the routes whose form told an error.

    `renew` signs the walker in anew, once in a while; somebody half way in has none. Who walks `briefly` looks at each
    page as its address opens it: for people to whom the pages show what others, who take their time, see as well.
    """

    page: Page
    seen: set[tuple[str, ...]]
    renew: Callable[[], object] | None = None
    briefly: bool = False
    found: dict[str, list[str]] = field(default_factory=dict)
    opened: set[str] = field(default_factory=set)
    said_no: set[str] = field(default_factory=set)
    looks: int = 0
    _renewed: float = 0.0
    _links: dict[str, set[str]] = field(default_factory=dict)

    def look(self, visit: Visit) -> None:
        """The page, what its forms say, and the same page as its own links show it."""
        line = deque([visit.path])
        while line:
            path = line.popleft()
            answer = self._get(path)
            if not is_page(answer, path) or answer.status != visit.status:
                continue
            self.opened.add(visit.route)
            if not self._is_new(visit.route, answer.text()):
                continue
            self.page.goto(path)
            name = f"{visit.role or 'visitor'} {path}"
            self.see(name)
            if not self.briefly:
                line += self._links_of(visit.route, path)
                self._send_forms(visit, path, name)

    def pass_by(self, visit: Visit) -> None:
        """What is said to be no page must not answer with one."""
        answer = self._get(visit.path)
        if is_page(answer, visit.path) and answer.status == 200:
            self.found[f"{visit.role or 'visitor'} {visit.path}"] = ["a page, and yet nobody looks at it"]

    def _get(self, path: str) -> APIResponse:
        if self.renew and time.monotonic() - self._renewed > FRESH_FOR:
            self.renew()
            self._renewed = time.monotonic()
        answer = self.page.request.get(path)
        if answer.status >= 500:
            self.found[path] = [f"the page fails: {answer.status}"]
        return answer

    def _is_new(self, route: str, text: str) -> bool:
        kind = (route, *sorted({f"{tag}.{style}" for tag, style in MADE_OF.findall(text)}))
        new = kind not in self.seen
        self.seen.add(kind)
        return new

    def see(self, name: str) -> None:
        """The page as it stands, and each of its dialogs opened."""
        self._faults(name)
        for dialog in self.page.evaluate(DIALOGS):
            if ("dialog", dialog) not in self.seen:
                self.seen.add(("dialog", dialog))
                self.page.evaluate(OPEN, dialog)
                self._faults(f"{name}, {dialog} opened")

    def _faults(self, name: str) -> None:
        self.looks += 1
        self.found |= faults_at(self.page, name)

    def _links_of(self, route: str, path: str) -> list[str]:
        """Links to the same page with another query, each once."""
        known = self._links.setdefault(route, {path})
        new = []
        for link in self.page.evaluate(LINKS):
            parts = urlsplit(urljoin(path, link))
            whole = f"{parts.path}?{parts.query}"
            same = (
                not parts.netloc
                and parts.path == urlsplit(path).path
                and parts.query
                and not SORTED.search(parts.query)
            )
            if same and whole not in known and len(known) < MOST_LINKS:
                known.add(whole)
                new.append(whole)
        return new

    def _send_forms(self, visit: Visit, path: str, name: str) -> None:
        """Each form once, as somebody in a hurry sends it; and where it takes that, as somebody who is careless."""
        for n, form in enumerate(self.page.evaluate(TOLD)):
            if ("form", visit.route, form["fields"]) in self.seen:
                continue
            self.seen.add(("form", visit.route, form["fields"]))
            for step in form["steps"]:
                with self.page.expect_navigation():
                    self.page.evaluate(STEP, [n, step])
                self._faults(f"{name} after {step}")
                self.page.goto(path)
            for words in (EMPTY, NONSENSE):
                with self.page.expect_navigation():
                    self.page.evaluate(SEND, [n, words])
                sent = f"{name} with {words[:8] or 'nothing'} in {form['fields']}"
                said_no = self.page.locator(ERRORS).count() > 0
                if said_no:
                    self.said_no.add(visit.route)
                    self._faults(sent)
                elif form["needs"] and not words:
                    self.found[sent] = ["takes it, although it needs more"]
                elif self._is_new(f"after {visit.route}", self.page.content()):
                    self._faults(sent)
                self.page.goto(path)
                if said_no or n >= self.page.evaluate(f"{FORMS}.length"):
                    break
            if n + 1 >= self.page.evaluate(f"{FORMS}.length"):
                return  # what was sent has changed the page


def is_page(answer: APIResponse, path: str) -> bool:
    """A whole page came, and from where it was asked for."""
    html = answer.headers.get("content-type", "").startswith("text/html")
    return html and urlsplit(answer.url).path == urlsplit(path).path and "<html" in answer.text()[:2000]
