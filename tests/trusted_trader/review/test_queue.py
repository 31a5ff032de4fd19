"""The queue's numbers, order, paging and search."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.roles import Role
from tests.builders import NOW, system
from tests.trusted_trader.review.conftest import page, tie_to
from tests.trusted_trader.review.rows import KINDS, many_cases
from trusted_trader.review import filters, queries, saved
from trusted_trader.review.filters import VIEWS, Looking, QueueFilter

SEED = 20261124


@pytest.fixture
def crowd(people, in_system):
    return many_cases(300, [people["specialist"], people["colleague"]])


@pytest.fixture
def looking(people):
    return Looking(people["specialist"].pk, frozenset({Role.SPECIALIST}), NOW)


def random_filter(chance: random.Random) -> QueueFilter:
    return QueueFilter(
        view=chance.choice(list(VIEWS)),
        office=chance.choice(["", "", "north", "gulf"]),
        kind=chance.choice(["", "", *KINDS]),
        risk=chance.choice(["", "", "high", "low"]),
        q=chance.choice(["", "", "", "heron", "line 1", "nobody"]),
    )


def walk(looking: Looking, chosen: QueueFilter) -> list[int]:
    """Every case of the filter, page after page."""
    found, after = [], ""
    while True:
        shown = queries.page(looking, chosen, after=after, size=40)
        found += [row.pk for row in shown.rows]
        if not shown.later:
            return found
        after = shown.later


def test_each_count_is_the_length_of_the_list_behind_it(crowd, looking):
    chance = random.Random(SEED)
    wrong, filled = [], 0
    for _n in range(500):
        chosen = random_filter(chance)
        count, cases = queries.counts(looking, chosen)[chosen.view], walk(looking, chosen)
        filled += bool(cases)
        if count != len(cases) or len(set(cases)) != len(cases):
            wrong.append((SEED, chosen, count, len(cases)))
    assert wrong == []
    assert filled > 200


def test_a_count_under_another_condition_would_be_noticed(crowd, looking, monkeypatch):
    chosen = QueueFilter(view="flagged")
    honest = queries.counts(looking, chosen)["flagged"]
    monkeypatch.setattr(filters, "_flagged", None)
    views = dict(VIEWS) | {"flagged": VIEWS["all"]}
    monkeypatch.setattr(queries, "VIEWS", views)
    counted = {name: view for name, view in queries.counts(looking, chosen).items() if name == "flagged"}
    assert counted["flagged"] != honest


def test_cases_come_most_urgent_first_and_drafts_never(crowd, looking):
    cases = {case.pk: case for case in crowd}
    found = [cases[pk] for pk in walk(looking, QueueFilter())]
    assert [(c.urgency, c.pk) for c in found] == sorted((c.urgency, c.pk) for c in found)
    assert {c.status for c in found} == set(filters.IN_QUEUE)


def test_paging_back_leads_to_the_page_before(crowd, looking):
    first = queries.page(looking, QueueFilter())
    second = queries.page(looking, QueueFilter(), after=first.later)
    back = queries.page(looking, QueueFilter(), before=second.earlier)
    assert [row.pk for row in back.rows] == [row.pk for row in first.rows]
    assert first.earlier == ""
    assert back.earlier == ""


@pytest.mark.parametrize("key", ["", "x", "1", "1.", "1.2.3", "9" * 40 + ".1", "\0"])
def test_a_key_that_is_none_shows_the_first_page(crowd, looking, key):
    assert queries.page(looking, QueueFilter(), after=key).rows == queries.page(looking, QueueFilter()).rows


def test_companies_with_a_tie_are_not_offered(crowd, looking, people):
    chosen = QueueFilter()
    before = walk(looking, chosen)
    case = next(case for case in crowd if case.pk == before[0])
    tie_to(people["specialist"], case.company_id)
    looking = replace(looking)  # the next page; within one page ties are asked for once
    assert walk(looking, chosen) == before[1:]
    assert queries.counts(looking, chosen)["all"] == len(before) - 1


def test_the_next_case_is_one_in_which_something_can_be_done(crowd, looking, people):
    cases = {case.pk: case for case in crowd}
    chosen = QueueFilter()
    done = cases[walk(looking, chosen)[0]]
    following = cases[queries.next_case(looking, chosen, done)]
    assert (following.urgency, following.pk) > (done.urgency, done.pk)
    assert following.status == "submitted" or following.reviewer_id == people["specialist"].pk


def test_unknown_values_in_an_address_are_dropped():
    chosen = QueueFilter.read({"view": "bogus", "office": "moon", "kind": "x", "risk": "y", "accounts": "1,TT-1"})
    assert chosen == QueueFilter(accounts=("TT-1",))


def test_a_filter_survives_its_address():
    chosen = QueueFilter(view="mine", office="gulf", kind="importer", risk="high", q="a & b", accounts=("TT-1", "TT-2"))
    from django.http import QueryDict

    assert QueueFilter.read(QueryDict(chosen.query())) == chosen


def test_any_number_finds_its_account(submitted, in_system):
    for row in submitted.account.identifiers.all():
        assert queries.find(row.value).accounts == (submitted.account.number,)
    assert queries.find(submitted.account.number.lower()).accounts == (submitted.account.number,)
    assert queries.find(submitted.reference).case == submitted.pk


def test_a_number_that_nobody_holds_never_becomes_a_name(in_system):
    assert queries.find("98-7654321") == queries.Found()
    assert queries.find("TT-99999999") == queries.Found()


def test_a_misspelt_name_finds_what_looks_like_it(submitted, in_system):
    assert queries.find("Harbor").name == "Harbor"
    assert queries.find("Harbour Lantrn").accounts == (submitted.account.number,)


def test_a_search_by_number_keeps_the_number_out_of_the_address(client_of, submitted):
    with system():
        value = submitted.account.identifiers.get(scheme="ior").value
    response = client_of("specialist").post("/admin/review/search/", {"term": value})
    assert response.status_code == 302
    assert value not in response.url
    assert submitted.account.number in response.url


def _queries(client, url):
    with CaptureQueriesContext(
        connection,
    ) as seen:
        assert client.get(url).status_code == 200
    return len(
        [q for q in seen.captured_queries if not q["sql"].startswith(("SAVEPOINT", "RELEASE", "select set_config"))]
    )


def test_the_queue_takes_as_many_queries_for_300_cases_as_for_10(client_of, people):
    client = client_of("specialist")
    client.get("/admin/review/?view=all")  # the first page of a session writes its start
    with system():
        many_cases(10, [people["specialist"]], seed=1, start=1000)
    few = _queries(client, "/admin/review/?view=all")
    with system():
        many_cases(300, [people["specialist"]], seed=2, start=2000)
    many = _queries(client, "/admin/review/?view=all")
    assert few == many <= 12


def test_saved_filters_are_found_again_and_shared_ones_by_others(client_of, people):
    client = client_of("specialist")
    client.post("/admin/review/filters/", {"queue": "view=mine&risk=high", "name": "My hot ones", "shared": "on"})
    assert "My hot ones" in page(client_of("colleague").get("/admin/review/?view=all"))
    [row] = saved.desk(people["specialist"]).filters
    assert row.query == "view=mine&risk=high"
    client_of("colleague").post(f"/admin/review/filters/{row.pk}/remove/")
    assert saved.desk(people["specialist"]).filters == [row]
    client.post(f"/admin/review/filters/{row.pk}/remove/")
    assert saved.desk(people["specialist"]).filters == []


def test_columns_keys_and_the_first_filter_stay(client_of, people):
    client = client_of("specialist")
    client.post("/admin/review/filters/", {"queue": "view=mine", "name": "Mine first"})
    [row] = saved.desk(people["specialist"]).filters
    client.post("/admin/review/settings/", {"columns": ["due", "office"], "opens_with": row.pk})
    assert saved.desk(people["specialist"]).columns == ("due", "office")
    assert not saved.desk(people["specialist"]).keys
    assert client_of("specialist").get("/admin/review/").url == "/admin/review/?view=mine"


def test_nobody_can_take_the_name_of_the_settings(people, in_system):
    with pytest.raises(Exception, match="letter or a digit"):
        saved.keep_filter(people["specialist"], name=".queue", query="", shared=False)


def test_an_empty_queue_says_what_to_do(client_of):
    assert "You have no case now" in page(client_of("specialist").get("/admin/review/?view=mine"))


def test_days_are_told_in_words(crowd):
    at = timezone.now()
    words = {queries.due_words(case, at)[0] for case in crowd if case.due_at}
    assert any("overdue" in word for word in words)
    assert any("paused" in word for word in words)
