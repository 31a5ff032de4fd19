"""Looking at one page: what axe finds in it, and whether it scrolls sideways or has not one first heading."""

from __future__ import annotations

import json

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

WIDTHS = (1280, 320)
RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]},
    "resultTypes": ["violations"],
}
# What is folded away is looked at as well. Of a hundred answers that are made alike the first three are enough, and the
# others are taken out of sight: axe would take half a minute for the whole workbench.
UNFOLD = """() => {
  const made = (e) => `${e.tagName}.${e.className}`;
  const alike = {};
  for (const fold of document.querySelectorAll('main details, #container details')) {
    const kind = [...new Set([fold.parentElement, fold, ...fold.querySelectorAll('*')].map(made))].sort().join();
    alike[kind] = (alike[kind] || 0) + 1;
    if (alike[kind] <= 3) fold.open = true;
    else if (fold.matches('.answer')) fold.style.display = 'none';
  }
}"""
# Only what is wrong comes back to Python: the rest of axe's answer is far larger than the page.
LOOK = f"""async () => {{
  const violations = (await axe.run({json.dumps(RULES)})).violations;
  const told = violations.map((v) => v.id + ': ' + v.nodes.slice(0, 3).map((n) => n.html.slice(0, 120)).join(', '));
  const root = document.documentElement;
  if (root.scrollWidth > root.clientWidth + 1) told.push('the page scrolls sideways');
  const headings = document.querySelectorAll('h1').length;
  if (headings !== 1) told.push(headings + ' first headings');
  return told;
}}"""


def faults(page: Page) -> list[str]:
    """What is wrong with the page as it stands."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    found: list[str] = page.evaluate(LOOK)
    return found


def faults_at(page: Page, name: str) -> dict[str, list[str]]:
    """The page's faults by width, without loading it anew and with its parts unfolded."""
    page.evaluate(UNFOLD)
    found = {}
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        page.evaluate("scrollTo(0, 0)")  # a panel that stays in sight covers what happens to lie behind it
        if told := faults(page):
            found[f"{name} at {width}"] = told
    return found
