"""Renew the pictures in docs/pictures from the running site: `make run` in one shell, `make pictures` in another."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from tests.journeys.browsing import CHROMIUM, one_time_code

ROOT = Path(__file__).resolve().parent.parent
PICTURES = ROOT / "docs" / "pictures"
WIDE = {"width": 1280, "height": 900}


def world() -> dict[str, Any]:
    shown = subprocess.run(
        [sys.executable, "manage.py", "seed_demo", "--json"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    found: dict[str, Any] = json.loads(shown.stdout)
    return found


@contextmanager
def signed_in(browser: Browser, address: str, person: dict[str, str]) -> Iterator[Page]:
    context = browser.new_context(base_url=address, viewport=WIDE)
    page = context.new_page()
    page.goto("/sign-in/login/")
    page.locator("#id_login").fill(person["email"])
    page.locator("#id_password").fill(person["password"])
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.locator("#id_code").fill(one_time_code(person["totp_secret"]))
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_role("button", name="Sign out").wait_for()
    yield page
    context.close()


def take(page: Page, name: str, *, height: int = 1000) -> None:
    """Keep the top of the page, as much as a reader sees in a document."""
    page.wait_for_load_state("networkidle")
    page.set_viewport_size({"width": 1280, "height": height})
    page.screenshot(path=PICTURES / f"{name}.png")
    sys.stdout.write(f"docs/pictures/{name}.png\n")


def account_of(page: Page) -> str:
    """The address of the first account on "My companies"."""
    page.goto("/companies/")
    return str(page.locator("a[href^='/accounts/']").first.get_attribute("href"))


def main() -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    told = world()
    by_name: Callable[[str], dict[str, str]] = lambda word: next(  # noqa: E731
        s for s in told["sign_ins"] if s["email"].startswith(word)
    )
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=CHROMIUM)
        address = told["address"]
        with signed_in(browser, address, by_name("olive")) as page:
            home = account_of(page)
            page.goto(f"{home}apply/")
            take(page, "task-list")
            page.goto(f"{home}profile/6.1/answer/")
            take(page, "criterion")
        with signed_in(browser, address, by_name("maya")) as page:
            page.goto("/admin/review/")
            take(page, "queue")
            page.locator("table a.open").first.click()
            take(page, "workbench")
        with signed_in(browser, address, by_name("odette")) as page:
            home = account_of(page)
            page.goto(f"{home}partners/")
            take(page, "partners")
            page.goto(home)
            _certificate(page)
        _lanes(browser, address, by_name)
        browser.close()


def _lanes(browser: Browser, address: str, by_name: Callable[[str], dict[str, str]]) -> None:
    """A request as its agent sees it, the port officers' queue, two variants of facts, the ledger, the console."""
    with signed_in(browser, address, by_name("vito")) as page:
        page.goto("/companies/")
        petrel = page.locator("section", has_text="Petrel Ocean Lines")
        page.goto(str(petrel.locator("a[href$='/lanes/']").first.get_attribute("href")))
        page.get_by_role("link", name="Petrel Dawn").first.click()
        take(page, "lane-request")
        page.goto("/lanes/aqua/what-if/")
        take(page, "what-if")
    with signed_in(browser, address, by_name("pia")) as page:
        page.goto("/admin/lanes/")
        take(page, "port-calls", height=620)
        page.goto("/admin/benefits/?period=all")
        take(page, "benefits", height=620)
    with signed_in(browser, address, by_name("petra")) as page:
        page.goto("/partners/")
        page.locator("main a[href^='/partners/']").first.click()
        take(page, "console")


def _certificate(page: Page) -> None:
    """The first page of the certificate; needs Poppler's pdftoppm."""
    link = page.get_by_role("link", name="Open the certificate (PDF)").get_attribute("href")
    data = page.request.get(str(link)).body()
    with TemporaryDirectory() as folder:
        path = Path(folder) / "certificate.pdf"
        path.write_bytes(data)
        subprocess.run(
            ["pdftoppm", "-png", "-r", "80", "-singlefile", str(path), str(PICTURES / "certificate")], check=True
        )
    sys.stdout.write("docs/pictures/certificate.png\n")


if __name__ == "__main__":
    main()
