"""The ledger: minutes against the terminal's own baseline, entered once, shown with their rows, never guessed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest
from django.db import IntegrityError, ProgrammingError, transaction

from accounts.refusals import Refused
from fastlane.lanes import operations as lanes
from fastlane.lanes.acting import Actor
from fastlane.ledger import measuring, operations, queries
from fastlane.ledger.models import Benefit
from fastlane.ledger.views import bars
from tests import builders
from tests.accounts.signing_in import signed_in
from tests.builders import NOW
from tests.fastlane.lanes.conftest import harbor  # noqa: F401 - fixture
from tests.fastlane.lanes.harbor import ETA, Harbor, run_effects


@pytest.fixture
def quay(harbor: Harbor, db: None) -> Iterator[Harbor]:  # noqa: F811 - the fixture
    with builders.system():
        yield harbor


def a_call(quay: Harbor, number: int, minutes: int, *, terminal: str = "W185") -> None:
    fast = NOW - timedelta(days=number)
    operations.measure_call(
        terminal=terminal, imo="9703291", voyage=f"B{number}", all_fast_at=fast,
        first_container_at=fast + timedelta(minutes=minutes), crew_cleared_at=None, source="Terminal log",
        actor=quay.officer, at=NOW,
    )  # fmt: skip


def a_used_request(quay: Harbor, *, minutes: int = 30, crew: int | None = 100):
    request = quay.file()
    told = [(0, "all_fast"), (minutes, "first_container")] + ([(crew, "crew_cleared")] if crew else [])
    for after, kind in told:
        when = ETA + timedelta(minutes=after)
        lanes.report(request=request, kind=kind, happened_at=when, actor=Actor(quay.agent), at=when)
        run_effects("lane.arrived", at=when)
    return request


def kinds(quay: Harbor) -> dict[str, Benefit]:
    return {row.kind: row for row in queries.of_account(quay.carrier)}


def test_minutes_are_saved_against_the_median_of_the_terminals_own_calls(quay: Harbor):
    for number, minutes in enumerate((60, 90, 120, 150, 180), start=1):
        a_call(quay, number, minutes)
    a_call(quay, 9, 600, terminal="W190")  # another terminal's call doesn't count
    request = a_used_request(quay)
    rows = kinds(quay)
    saved = rows["minutes_saved"]
    assert (float(saved.value), float(saved.measured), float(saved.baseline), saved.calls) == (90, 30, 120, 5)
    assert float(rows["crew_gap"].value) == 70
    assert saved.about == request.reference
    assert operations.credit_call(request.__class__.objects.get(pk=request.pk), at=ETA) == []  # twice is once


def test_without_enough_calls_nothing_is_compared_and_the_row_says_so(quay: Harbor):
    for number in range(1, measuring.FEWEST_CALLS):
        a_call(quay, number, 100)
    a_used_request(quay, crew=None)
    row = kinds(quay)["minutes_saved"]
    assert (row.value, float(row.measured), row.baseline) == (None, 30.0, None)
    figure = next(f for f in queries.figures([row]) if f.kind == "minutes_saved")
    assert (figure.spread, figure.unmeasured) == (None, 1)


def test_a_longer_call_counts_below_zero(quay: Harbor):
    assert measuring.saved(100.0, [60.0] * 5).value == -40.0


def test_calls_are_measured_once_in_order_and_at_known_terminals(quay: Harbor):
    a_call(quay, 1, 60)
    with pytest.raises(Refused, match="on record"):
        a_call(quay, 1, 60)
    with pytest.raises(Refused, match="not known"):
        a_call(quay, 2, 60, terminal="NONE")
    with pytest.raises(Refused, match="after the ship"):
        a_call(quay, 3, -5)


def test_benefits_are_never_rewritten(quay: Harbor, as_owner: Callable[[], AbstractContextManager[None]]):
    """Neither by the portal's own role, which lacks the right, nor by who owns the table."""
    a_used_request(quay)
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        Benefit.objects.update(value=1000)
    with pytest.raises(IntegrityError, match="never changed"), as_owner(), transaction.atomic():
        Benefit.objects.update(value=1000)


def test_the_spread_is_told_by_port_and_every_figure_is_its_rows(quay: Harbor):
    for number in range(1, 7):
        a_call(quay, number, 100)
    a_used_request(quay)
    (group,) = queries.programme("minutes_saved", "port", since=NOW - timedelta(days=1))
    assert (group.name, group.members, group.spread.middle) == ("2704", 1, 70.0)
    rows = queries.of_account(quay.carrier)
    for figure in queries.figures(rows):
        values = [float(row.value) for row in figure.rows if row.value is not None]
        assert (figure.spread.count if figure.spread else 0) == len(values)
    assert len(bars([row for row in rows if row.kind == "minutes_saved"])) == 1


@pytest.mark.parametrize("values", [[], [3.0], [1.0, 2.0, 3.0, 4.0, 100.0]])
def test_median_and_quartiles(values):
    found = measuring.spread(values)
    assert (found is None) == (not values)
    if found:
        assert found.low <= found.middle <= found.high
        assert found.middle == sorted(values)[len(values) // 2]


def test_the_pages_show_chart_table_and_csv(quay: Harbor):
    for number in range(1, 7):
        a_call(quay, number, 100)
    request = a_used_request(quay)
    client = signed_in(quay.agent)
    page = client.get(f"/accounts/{quay.carrier.number}/benefits/?period=all").content.decode()
    assert request.reference in page
    assert 'class="chart-gain"' in page
    assert "inspections are not recorded here yet" in page
    text = client.get(f"/accounts/{quay.carrier.number}/benefits.csv?period=all").content.decode()
    assert len(text.strip().splitlines()) == 3  # the head, minutes saved, crew gap
    assert signed_in(quay.second).get(f"/accounts/{quay.carrier.number}/benefits/").status_code == 404
    desk = signed_in(quay.officer)
    found = desk.get("/admin/benefits/?by=terminal&period=all").content.decode()
    assert "W185" in found
    wrong = desk.post("/admin/benefits/", {"terminal": "W185", "imo": "9703292"})
    assert wrong.status_code == 422
    assert "check digit" in wrong.content.decode()


@pytest.mark.parametrize(("calls", "words"), [(5, "median of 5 calls): 70.0 minutes saved"), (0, "nothing tells what")])
def test_the_request_shows_its_minutes_beside_the_terminals_usual_ones(quay: Harbor, calls: int, words: str) -> None:
    for number in range(1, calls + 1):
        a_call(quay, number, 100)
    request = a_used_request(quay)
    page = signed_in(quay.agent).get(f"/accounts/{quay.carrier.number}/lanes/{request.reference}/").content.decode()
    assert "30 minutes from all fast to the first container" in page
    assert words in page
