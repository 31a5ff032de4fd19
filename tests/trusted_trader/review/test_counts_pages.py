"""Numbers are honest (P43): each count that a page shows opens a list of just that many."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from html import unescape

import pytest
from django.test import Client

from accounts import notices
from accounts.roles import Role
from tests import builders
from tests.builders import system
from tests.trusted_trader.review.conftest import page, sign_in
from tests.trusted_trader.review.rows import KINDS, many_cases, past_the_triggers
from tests.trusted_trader.review.test_queue import SEED
from tests.world import World, a_world, size  # noqa: F401 - fixtures
from trusted_trader.review import queries
from trusted_trader.review.filters import VIEWS
from trusted_trader.review.models import Vetting

pytestmark = pytest.mark.django_db

TAB = re.compile(r'<a href="(\?[^"]*)"[^>]*>([^<]*) <span class="count">(\d+)</span>')
LATER = re.compile(r'<a href="(\?[^"]*)" rel="next">')
ROW = re.compile(r'<a class="open" href="([^"?]*)')
TOLD = re.compile(r"(\d+) cases?, most urgent first")


@pytest.fixture
def crowd(db: None) -> Client:
    """A reviewer's desk with more cases than two pages hold, and vettings in all states."""
    sam = builders.staff("Sam Specialist", Role.SPECIALIST, Role.VETTING_OFFICER)
    with system():
        cases = many_cases(110, [sam, builders.staff("Cora Colleague", Role.SPECIALIST)])
        states = ("open", "open", "open", "cleared", "failed")
        vettings = [
            Vetting(
                company_id=case.company_id,
                application=case,
                opened_at=builders.NOW,
                status=states[n % len(states)],
                officer=sam if states[n % len(states)] != "open" else None,
                concluded_at=builders.NOW if states[n % len(states)] != "open" else None,
            )
            for n, case in enumerate(cases)
        ]
        with past_the_triggers():
            Vetting.objects.bulk_create(vettings)
    return sign_in(sam)


def walk(client: Client, base: str, query: str) -> list[str]:
    """The cases of a list, page after page."""
    found = []
    while query:
        shown = page(client.get(f"{base}{query}"))
        found += ROW.findall(shown)
        later = LATER.search(shown)
        query = unescape(later[1]) if later else ""
    return found


def random_query(chance: random.Random) -> str:
    parts = {
        "view": chance.choice(list(VIEWS)),
        "office": chance.choice(["", "", "north", "gulf"]),
        "kind": chance.choice(["", "", *KINDS]),
        "risk": chance.choice(["", "", "high", "low"]),
        "q": chance.choice(["", "", "", "heron", "nobody"]),
    }
    return "?" + "&".join(f"{name}={value}" for name, value in parts.items() if value)


def wrong_tabs(client: Client, base: str, query: str, chance: random.Random) -> list[tuple[str, str, int, int]]:
    """Tabs of this page whose count is not the length of their list; one of those that hold something, and an empty one."""
    shown = page(client.get(f"{base}{query}"))
    tabs = [(unescape(link), title, int(count)) for link, title, count in TAB.findall(shown)]
    assert len(tabs) >= 3
    filled = [tab for tab in tabs if tab[2]]
    chosen = [chance.choice(group) for group in (filled, [tab for tab in tabs if not tab[2]]) if group]
    wrong = []
    for link, title, count in chosen:
        listed = walk(client, base, link)
        if count != len(listed) or len(set(listed)) != len(listed):
            wrong.append((link, title, count, len(listed)))
    told = TOLD.search(shown)
    if told and int(told[1]) != len(walk(client, base, query)):
        wrong.append((query, "caption", int(told[1]), len(walk(client, base, query))))
    return wrong


def test_each_count_of_the_queue_opens_a_list_of_just_that_many(crowd: Client) -> None:
    chance = random.Random(SEED)
    wrong = [
        fault
        for _n in range(size(60, 500))
        for fault in wrong_tabs(crowd, "/admin/review/", random_query(chance), chance)
    ]
    assert wrong == [], SEED


def test_a_count_that_is_off_by_one_is_noticed(crowd: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    honest = queries.counts

    def dishonest(*arguments: object) -> dict[str, int]:
        return {name: count + 1 for name, count in honest(*arguments).items()}  # type: ignore[arg-type]

    monkeypatch.setattr(queries, "counts", dishonest)
    assert wrong_tabs(crowd, "/admin/review/", "?view=all", random.Random(SEED)) != []


def test_each_count_of_the_vettings_opens_a_list_of_just_that_many(crowd: Client) -> None:
    shown = page(crowd.get("/admin/vetting/"))
    tabs = {title: (unescape(link), int(count)) for link, title, count in TAB.findall(shown)}
    assert set(tabs) == {"Open", "Passed", "Not passed"}
    assert all(count for _link, count in tabs.values())
    assert {t: len(walk(crowd, "/admin/vetting/", link)) for t, (link, _count) in tabs.items()} == {
        title: count for title, (_link, count) in tabs.items()
    }


# --- The company's pages --------------------------------------------------------------------------------------


@pytest.fixture
def read(world: World) -> Callable[[str], str]:
    client = sign_in(world.beginner.officer)
    return lambda path: page(client.get(path))


def number_in(pattern: str, shown: str) -> tuple[int, ...]:
    found = re.search(pattern, shown)
    assert found, pattern
    return tuple(map(int, found.groups()))


def test_the_task_list_counts_what_its_parts_list(world: World, read: Callable[[str], str]) -> None:
    base = f"/accounts/{world.beginner.account.number}/"
    client = sign_in(world.beginner.officer)
    for number in ("1.1", "1.2", "3.1", "7.2"):
        sent = {"version": 0, "state": "implemented", "text": f"Mrs Ove does {number} on Mondays."}
        assert client.post(f"{base}profile/{number}/answer/", sent).status_code == 302
    shown = read(f"{base}apply/")
    parts = re.findall(r'href="([^"]*/profile/\d+/)">[^<]*</a>\s*<span class="task-list__detail">(\d+) of (\d+)', shown)
    assert len(parts) == 12
    for link, done, asked in parts:
        listed = read(link)
        open_ones = listed.count("task-list__state--not_started")
        answered = listed.count("task-list__state--completed")
        assert (answered, answered + open_ones) == (int(done), int(asked))
        assert number_in(r"(\d+) of (\d+) answered", listed) == (answered, answered + open_ones)
    totals = (sum(int(done) for _l, done, _a in parts), sum(int(asked) for _l, _d, asked in parts))
    assert totals[0] == 4
    assert number_in(r"(\d+) of (\d+) criteria answered", shown) == totals


def test_as_many_things_are_missing_as_are_listed(world: World, read: Callable[[str], str]) -> None:
    base = f"/accounts/{world.beginner.account.number}/"
    [missing] = number_in(r"(\d+) things? missing", read(f"{base}apply/"))
    listed = read(f"{base}check/")
    warning = listed.partition("usa-alert--warning")[2].partition("</ul>")[0]
    assert number_in(r"(\d+) things? (?:is|are) missing", listed) == (missing,)
    assert warning.count("<li>") == missing > 0
    if hints := re.search(r"(\d+) hints? that may help", listed):
        assert listed.partition("form-details")[2].partition("</ul>")[0].count("<li>") == int(hints[1])


def test_the_inbox_counts_the_unread_notices_that_it_lists(world: World) -> None:
    officer = world.member.officer
    with system():
        notices.tell([officer] * 3, kind="test", subject="A letter for you", body="Read it.", at=builders.NOW)
    client = sign_in(officer)
    shown = page(client.get("/inbox/"))
    [unread] = number_in(r'class="count">(\d+)<', shown)
    assert shown.count('<span class="level">new</span>') == unread == 3
    client.post("/inbox/read-all/")
    assert 'class="count"' not in page(client.get("/inbox/"))
