"""Two ways to use a page: by keys alone, and by pointer. A story is told once and lived in both ways."""

from __future__ import annotations

import re
from typing import Any, Protocol

from playwright.sync_api import Page, Response, expect

PAPER = re.compile(r"\.pdf$")
MOST_STOPS = 900  # of one page, far above any there is

# What the focus is on: its name as a screen reader says it, whether it is marked, and whether something covers it.
FOCUS = """async () => {
  const e = document.activeElement;
  if (!e || e === document.body) return null;
  await Promise.all(e.getAnimations().map((a) => a.finished.catch(() => {})));
  const text = (x) => (x.innerText ?? x.textContent).replace(/\\s+/g, ' ').trim();
  const labels = [...(e.labels ?? [])];
  const own = e.getBoundingClientRect();
  const box = own.width > 2 && own.right > 0 ? e : labels[0] ?? e;
  const r = box.getBoundingClientRect();
  const marked = (s) => (s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) > 0) || s.boxShadow !== 'none';
  const shown = [getComputedStyle(e), ...labels.flatMap((l) => [getComputedStyle(l), getComputedStyle(l, '::before')])];
  const [left, right] = [Math.max(r.left, 0), Math.min(r.right, innerWidth)];
  const [top, bottom] = [Math.max(r.top, 0), Math.min(r.bottom, innerHeight)];
  const points = [[(left + right) / 2, (top + bottom) / 2], [left + 3, top + 3], [right - 3, bottom - 3]];
  const hits = points.map(([x, y]) => document.elementFromPoint(x, y));
  const near = (h) => h && (box.contains(h) || h.contains(box) && h.tagName !== 'BODY' || labels.some((l) => l.contains(h)));
  window.stops ??= new WeakMap();
  if (!window.stops.has(e)) window.stops.set(e, window.lastStop = (window.lastStop ?? 0) + 1);
  return {
    stop: window.stops.get(e), tag: e.tagName.toLowerCase(), type: e.type ?? '', checked: e.checked ?? null,
    name: e.getAttribute('aria-label') || labels.map(text).join(' ') || text(e) || e.value || '',
    group: e.closest('fieldset')?.querySelector('legend') ? text(e.closest('fieldset').querySelector('legend')) : '',
    marked: shown.some(marked), seen: right > left && bottom > top && hits.some(near),
  };
}"""

# Does pressing this lead to another page? Links do, and buttons that send a form which no script takes over.
LEADS = """(key) => {
  const keyed = (e) => e.dataset.key === key && e.offsetParent !== null && !e.disabled;
  const e = key ? [...document.querySelectorAll('[data-key]')].find(keyed) : document.activeElement;
  if (!e || (key && e.matches('button[name=step]'))) return false;
  if (e.matches('a[href]')) return true;
  return e.matches('button') && e.type === 'submit' && !!e.form && (e.name === 'step' || !e.form.hasAttribute('hx-post'));
}"""


class Hand(Protocol):
    """What a person does on a page. `name` is the beginning of what stands there; `key` the page's own shortcut."""

    page: Page

    def follow(self, name: str, *, key: str = "") -> None: ...

    def press(self, name: str, *, key: str = "") -> None: ...

    def choose(self, name: str, *, group: str = "") -> None: ...

    def write(self, label: str, text: str) -> None: ...

    def attach(self, label: str, *, file: dict[str, Any]) -> None: ...

    def read(self, name: str) -> bytes: ...

    def send(self) -> None: ...


def opened(page: Page, paper: Response) -> bytes:
    """What the browser's own viewer shows after this answer."""
    assert paper.status == 200
    return page.context.request.get(paper.url).body()


def see(page: Page, text: str | re.Pattern[str]) -> None:
    expect(page.get_by_text(text).first).to_be_visible()


class Pointer:
    """By pointer, as with a mouse or a finger; works without script."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def follow(self, name: str, *, key: str = "") -> None:
        self.page.get_by_role("link", name=re.compile("^" + re.escape(name))).first.click()

    def press(self, name: str, *, key: str = "") -> None:
        button = self.page.get_by_role("button", name=re.compile("^" + re.escape(name))).first
        self._open_panel_of(button)
        button.click()

    def choose(self, name: str, *, group: str = "") -> None:
        within = self.page.get_by_role("group", name=re.compile(re.escape(group))).first if group else self.page
        field = within.get_by_label(re.compile("^" + re.escape(name))).first
        self._open_panel_of(field)
        self.page.locator(f"label[for='{field.get_attribute('id')}']").click()

    def write(self, label: str, text: str) -> None:
        field = self.page.get_by_label(re.compile("^" + re.escape(label))).first
        self._open_panel_of(field)
        field.fill(text)

    def attach(self, label: str, *, file: dict[str, Any]) -> None:
        self.page.get_by_label(re.compile("^" + re.escape(label))).first.set_input_files([file])  # type: ignore[list-item]

    def read(self, name: str) -> bytes:
        with self.page.expect_response(PAPER) as paper:
            self.follow(name)
        return opened(self.page, paper.value)

    def send(self) -> None:
        """Press the button of the form that was filled last."""
        self.page.locator("main form:has(input:not([type=hidden])) button[type=submit]").first.click()

    def _open_panel_of(self, place: Any) -> None:
        for panel in reversed(place.locator("xpath=ancestor::details[not(@open)]").all()):
            panel.locator("summary").first.click()


class Keys:
    """By keys alone. Each stop of Tab must be marked and uncovered, and Tab must lead on from it."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.pressed = 0

    def strike(self, key: str) -> None:
        self.page.keyboard.press(key)
        self.pressed += 1

    def focus(self) -> dict[str, Any] | None:
        found: dict[str, Any] | None = self.page.evaluate(FOCUS)
        return found

    def tab_to(self, name: str, *, tags: tuple[str, ...], group: str = "") -> dict[str, Any]:
        """Go on by Tab, at most once around the page, until the focus is on what has this name."""
        self.page.wait_for_load_state()
        before, outside, same = self.focus(), 0, 0
        if before and self._fits(before, name, tags, group):
            return before
        for _n in range(MOST_STOPS):
            self.strike("Tab")
            here = self.focus()
            if here is None:
                outside += 1
                assert outside < 2, f"{name!r} is not reached by Tab on {self.page.url}"
                continue
            same = same + 1 if before and here["stop"] == before["stop"] else 0
            assert same <= _parts(here), f"the focus is caught at {here}"
            assert here["marked"] or same, f"the focus is not shown at {here}"
            assert here["seen"], f"something covers the focus at {here}"
            if self._fits(here, name, tags, group):
                return here
            before = here
        raise AssertionError(f"{name!r} is not reached in {MOST_STOPS} stops")

    @staticmethod
    def _fits(here: dict[str, Any], name: str, tags: tuple[str, ...], group: str) -> bool:
        return here["tag"] in tags and here["name"].startswith(name) and group in here["group"]

    def follow(self, name: str, *, key: str = "") -> None:
        if key:
            return self.strike_and_go(key)
        self.tab_to(name, tags=("a",))
        return self.strike_and_go()

    def press(self, name: str, *, key: str = "") -> None:
        if not key:
            self.tab_to(name, tags=("button", "summary"))
            return self.strike_and_go()
        only_focuses = self.page.locator(f"button[name=step][data-key={key}]").count()
        self.strike_and_go(key)
        return self.strike_and_go() if only_focuses else None

    def strike_and_go(self, key: str = "") -> None:
        """Press Enter on what has the focus, or a single key; wait for the page to which that leads, if it does."""
        self.page.wait_for_load_state()
        if self.page.evaluate(LEADS, key):
            with self.page.expect_navigation():
                self.strike(key or "Enter")
        else:
            self.strike(key or "Enter")

    def read(self, name: str) -> bytes:
        self.tab_to(name, tags=("a",))
        with self.page.expect_response(PAPER) as paper:
            self.strike("Enter")
        return opened(self.page, paper.value)

    def choose(self, name: str, *, group: str = "") -> None:
        """Tick a box, or take a radio: Tab leads to the group, the arrows to the choice."""
        here = self._choice(name, group)
        if here["type"] == "radio":
            for _n in range(20):
                if here["name"].startswith(name):
                    break
                self.strike("ArrowDown")
                here = self.focus() or here
        if not (self.focus() or {}).get("checked"):
            self.strike("Space")
        assert (self.focus() or {})["checked"], f"{name!r} is not chosen by keys"

    def _choice(self, name: str, group: str) -> dict[str, Any]:
        if group:
            return self.tab_to("", tags=("input",), group=group)
        return self.tab_to(name, tags=("input",))

    def write(self, label: str, text: str) -> None:
        self.tab_to(label, tags=("input", "textarea"))
        self.strike("Control+a")
        self.page.keyboard.type(text)
        self.pressed += len(text)

    def send(self) -> None:
        with self.page.expect_navigation():
            self.strike("Enter")

    def attach(self, label: str, *, file: dict[str, Any]) -> None:
        self.tab_to(label, tags=("input",))
        with self.page.expect_file_chooser() as chooser:
            self.strike("Space")
        chooser.value.set_files([file])  # type: ignore[list-item]


def _parts(here: dict[str, Any]) -> int:
    """Further stops inside: a date has month, day, year and the calendar."""
    return 4 if here["type"] == "date" else 0


def circuit(hand: Keys) -> list[dict[str, Any]]:
    """Every stop of the page in the order of Tab, from its beginning to its end."""
    found = []
    for _n in range(MOST_STOPS):
        hand.strike("Tab")
        here = hand.focus()
        if here is None:
            return found
        again = sum(stop["stop"] == here["stop"] for stop in found)
        assert again <= _parts(here), f"the focus is caught at {here}"
        found.append(here)
    raise AssertionError("the page has no end by Tab")
