"""An AQUA request: the rules answer, an approval falls when a rule turns, officers lift only what is left to a person."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest
from django.db import IntegrityError, ProgrammingError, transaction

from accounts.models import Event, Notice
from accounts.refusals import Refused, Stale
from fastlane.lanes import deciding, officers, operations
from fastlane.lanes.acting import Actor
from fastlane.lanes.models import LaneDecision, LaneRequest, Misuse
from fastlane.lanes.replaying import same_again
from tests.builders import NOW
from tests.fastlane.lanes.harbor import ETA, SUSPENDED, VALIDATED, Harbor, an_edition, put_in_force, run_effects

LATER = NOW + timedelta(hours=3)


def codes(request: LaneRequest) -> list[str]:
    return [rule["code"] for rule in request.decisions.order_by("-number")[0].rules]


def fresh(request: LaneRequest) -> LaneRequest:
    return LaneRequest.objects.get(pk=request.pk)


def test_a_good_request_is_approved_at_once_and_its_decision_can_be_replayed(quay: Harbor):
    request = quay.file()
    assert (request.status, codes(request)) == ("approved", [])
    row = LaneDecision.objects.get(request=request)
    assert row.rule_set.startswith("operators+")
    assert same_again(row)
    # Control: with other facts the replay says otherwise.
    row.facts = row.facts.replace('"passengers":0', '"passengers":2')
    assert not same_again(row)


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"passengers": 3}, "manual_review", "AQ-25"),
        ({"stowaways": 1}, "refused", "AQ-24"),
        ({"crew_undertaking": False}, "incomplete", "AQ-22"),
        ({"operations__box_5": False}, "incomplete", "AQ-10"),
        ({"eta": NOW + timedelta(hours=23)}, "refused", "AQ-09"),
        ({"formal_entry_done": True}, "not_required", "AQ-26"),
        ({"cargo_type": "bulk"}, "refused", "AQ-05"),
        ({"notice_of_arrival_ref": None}, "incomplete", "AQ-11"),
    ],
)
def test_the_answer_leads_where_the_table_says(quay: Harbor, changes, status, code):
    request = quay.file(**changes)
    assert request.status == status
    assert code in codes(request)


def test_what_the_agency_has_not_confirmed_is_left_to_a_person_and_settles_itself(quay: Harbor):
    request = quay.file(facts=False)
    assert request.status == "manual_review"
    assert {"AQ-12", "AQ-13", "AQ-14", "AQ-11"} <= set(codes(request))
    quay.observe(request)
    run_effects("lane.facts", at=NOW)
    assert fresh(request).status == "approved"


def test_a_fact_that_is_too_old_counts_as_not_confirmed(quay: Harbor):
    request = quay.file()
    assert deciding.recheck(request.pk, "eta-24", at=NOW + timedelta(days=3))
    assert fresh(request).status == "manual_review"
    assert "AQ-14" in codes(request)


def test_a_suspended_carrier_loses_its_approval_and_everybody_is_told(quay: Harbor):
    request = quay.file()
    quay.stands(quay.carrier, SUSPENDED, at=LATER)
    run_effects("standing.changed", "lane.changed", at=LATER)
    request = fresh(request)
    assert request.status == "void"
    assert "AQ-02" in codes(request)
    told = Notice.objects.filter(kind__in=["lane.decision", "lane.terminal"], subject__contains="No longer valid")
    assert told.count() == 2  # the agent, who is the carrier's officer, and the terminal's officer
    assert "not a refusal to unlade" in told.get(kind="lane.decision").body
    # It stays void when the member is good again: who wants the lane asks again.
    quay.stands(quay.carrier, VALIDATED, at=LATER + timedelta(hours=1))
    run_effects("standing.changed", at=LATER + timedelta(hours=1))
    assert fresh(request).status == "void"


def test_a_suspended_terminal_operator_voids_it_too(quay: Harbor):
    request = quay.file()
    quay.stands(quay.operator, SUSPENDED, at=LATER)
    run_effects("standing.changed", at=LATER)
    assert fresh(request).status == "void"
    assert "AQ-03" in codes(request)


def test_an_ended_terminal_approval_voids_it(quay: Harbor):
    request = quay.file()
    put_in_force(quay, "closing", [("approvals", "W185", {"to": ETA.date().isoformat()})], at=LATER)
    run_effects("rulebook.in_force", at=LATER)
    assert fresh(request).status == "void"
    assert "AQ-07" in codes(request)


def test_a_small_change_of_arrival_keeps_the_approval_and_a_large_one_decides_anew(quay: Harbor):
    request = quay.file()
    agent = Actor(quay.agent)
    operations.amend(request=request, changes={"eta": ETA + timedelta(hours=6)}, actor=agent, at=LATER)
    assert fresh(request).status == "approved"
    assert not Event.objects.filter(operation="lane.void", object_id=str(request.pk)).exists()
    operations.amend(request=request, changes={"eta": ETA + timedelta(hours=6, seconds=1)}, actor=agent, at=LATER)
    assert fresh(request).status == "approved"  # given anew …
    assert Event.objects.filter(operation="lane.void", object_id=str(request.pk)).count() == 1  # … after it fell


def test_another_terminal_of_the_port_decides_anew_and_one_of_another_port_is_refused(quay: Harbor):
    request = quay.file()
    with pytest.raises(Refused, match="belongs to another port"):
        operations.amend(request=request, changes={"terminal": "Y258"}, actor=Actor(quay.agent), at=LATER)
    operations.amend(request=request, changes={"terminal": "W190"}, actor=Actor(quay.agent), at=LATER)
    assert fresh(request).status == "void"
    assert "AQ-03" in codes(request)  # nobody has said who runs it


def test_one_request_holds_a_port_call(quay: Harbor):
    first = quay.file()
    second = quay.draft(voyage="118e")
    with pytest.raises(Refused, match="already exists"):
        operations.submit(request=second, actor=Actor(quay.agent), at=NOW)
    # The database holds it as well.
    with pytest.raises(IntegrityError, match="one_request_a_port_call"), transaction.atomic():
        deciding.move(fresh(second), "submit", "submitted", Actor(quay.agent), NOW)
    operations.withdraw(request=first, reason="", actor=Actor(quay.agent), at=NOW)
    assert operations.submit(request=fresh(second), actor=Actor(quay.agent), at=NOW).status == "approved"


def test_an_officer_lifts_upwards_only_and_the_lift_lasts_until_something_new_fires(quay: Harbor):
    request = quay.file(passengers=2)
    with pytest.raises(Refused, match="in a sentence"):
        officers.approve(request=request, reason="ok", actor=quay.officer, at=NOW)
    officers.approve(request=request, reason="Twelve cadets, on the crew list.", actor=quay.officer, at=NOW)
    assert fresh(request).status == "approved"
    assert not deciding.recheck(request.pk, "eta-24", at=LATER)
    quay.observe(request, at=LATER, isf__bills_without_isf=4)
    run_effects("lane.facts", at=LATER)
    assert fresh(request).status == "manual_review"
    refused = quay.file(voyage="119E", stowaways=1)
    with pytest.raises(Refused):
        officers.approve(request=refused, reason="Let it pass, please do.", actor=quay.officer, at=NOW)
    assert LaneDecision.objects.exclude(overridden_by=None).count() == 1


def test_with_holds_on_board_two_officers_are_needed(quay: Harbor):
    request = quay.file()
    quay.observe(request, at=LATER, targeting__holds=2)
    run_effects("lane.facts", at=LATER)
    assert fresh(request).status == "manual_review"
    words = "Both boxes are held on the quay."
    with pytest.raises(Refused, match="another one approves"):
        officers.approve(request=request, reason=words, actor=quay.officer, at=LATER)
    officers.propose(request=request, reason=words, actor=quay.officer, at=LATER)
    with pytest.raises(Refused, match="another one approves"):
        officers.approve(request=request, reason=words, actor=quay.officer, at=LATER)
    officers.approve(request=request, reason=words, actor=quay.second, at=LATER)
    row = LaneDecision.objects.exclude(overridden_by=None).get()
    assert (row.proposed_by, row.overridden_by) == (quay.officer, quay.second)
    with pytest.raises(IntegrityError, match="holds_take_two_officers"), transaction.atomic():
        LaneDecision.objects.create(
            company_id=row.company_id, request=request, number=99, at=NOW, outcome="manual_review", status="approved",
            overridden_by=quay.officer, proposed_by=quay.officer,
        )  # fmt: skip


def test_the_first_container_uses_the_approval_and_times_are_kept(quay: Harbor):
    request = quay.file()
    agent = Actor(quay.agent)
    with pytest.raises(Refused, match="lies ahead"):
        operations.report(request=request, kind="all_fast", happened_at=ETA, actor=agent, at=NOW)
    for minutes, kind in ((0, "all_fast"), (40, "first_container"), (130, "crew_cleared")):
        when = ETA + timedelta(minutes=minutes)
        operations.report(request=request, kind=kind, happened_at=when, actor=agent, at=when)
    request = fresh(request)
    assert request.status == "used"
    assert request.first_container_at - request.all_fast_at == timedelta(minutes=40)
    with pytest.raises(Refused, match="reported before"):
        operations.report(request=request, kind="all_fast", happened_at=ETA, actor=agent, at=ETA)


def test_a_misused_approval_is_revoked_and_a_person_looks_for_a_year(quay: Harbor):
    request = quay.file()
    with pytest.raises(Refused, match="what was misused"):
        officers.revoke(request=request, misuse="bad luck", reason="Something happened.", actor=quay.officer, at=NOW)
    officers.revoke(
        request=request, misuse="crew_ashore_early", reason="Two of the crew were seen ashore.", actor=quay.officer,
        at=NOW,
    )  # fmt: skip
    assert fresh(request).status == "revoked"
    assert Misuse.objects.get().account == quay.carrier
    after = quay.file(voyage="120E")
    assert (after.status, codes(after)) == ("manual_review", ["AQ-29"])
    year = NOW + timedelta(days=366)
    assert quay.file(voyage="121E", at=year, eta=year + timedelta(days=5)).status == "approved"


def test_an_overdue_request_is_escalated_and_never_approved_by_itself(quay: Harbor):
    from accounts.effects.models import Effect
    from fastlane.lanes.following import escalate

    request = quay.file(facts=False)
    row = Effect.objects.get(kind="lane.overdue", subject=request.reference)
    assert row.not_before == ETA - timedelta(hours=12)
    assert escalate(row) == "escalated"
    assert Notice.objects.filter(kind="lane.overdue", user=quay.supervisor).exists()
    assert fresh(request).status == "manual_review"
    assert not deciding.expire(request.pk, at=ETA + timedelta(hours=47))
    assert deciding.expire(request.pk, at=ETA + timedelta(hours=48))
    assert fresh(request).status == "expired"


def test_a_stale_page_and_a_past_arrival_are_refused_with_nothing_stored(quay: Harbor):
    draft = quay.draft()
    agent = Actor(quay.agent)
    operations.save(request=draft, filing=operations.queries.filing_of(draft), version=1, actor=agent, at=NOW)
    with pytest.raises(Stale):
        operations.save(request=draft, filing=operations.queries.filing_of(draft), version=1, actor=agent, at=NOW)
    with pytest.raises(Refused, match="in the past"):
        operations.submit(request=draft, actor=agent, at=ETA)
    assert fresh(draft).status == "draft"
    assert not LaneDecision.objects.filter(request=draft).exists()


def test_the_database_lets_no_status_change_without_its_event_and_no_decision_be_rewritten(
    quay: Harbor, as_owner: Callable[[], AbstractContextManager[None]]
):
    request = quay.file()
    with pytest.raises(IntegrityError), transaction.atomic():
        LaneRequest.objects.filter(pk=request.pk).update(status="used")
    decisions = LaneDecision.objects.filter(request=request)
    for statement in (lambda: decisions.update(outcome="eligible"), decisions.delete):
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            statement()
        with pytest.raises(IntegrityError), as_owner(), transaction.atomic():
            statement()


def test_a_replay_shows_whom_a_changed_approval_concerns(quay: Harbor):
    request = quay.file()
    closed = an_edition(quay, "closing", [("approvals", "W185", {"to": ETA.date().isoformat()})], at=LATER)
    assert closed.replay["differ"] == 1
    (row,) = closed.replay["rows"]
    assert (row["request"], row["old"], row["new"]) == (request.reference, "eligible", "ineligible")
    # Control: an edition that changes what concerns nobody shows nobody.
    other = an_edition(quay, "elsewhere", [("approvals", "Y258", {"to": ETA.date().isoformat()})], at=LATER)
    assert other.replay["differ"] == 0
