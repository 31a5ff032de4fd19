"""Two people decide, without script: recommend, decide, undo; ask and compare; through page, bulk and operation."""

from __future__ import annotations

import pytest
from django.utils import timezone

from accounts.refusals import Refused
from tests.builders import system
from tests.trusted_trader.review.conftest import page, tie_to
from trusted_trader.application.queries import criteria_of
from trusted_trader.review import bulk, operations
from trusted_trader.review.models import Decision, Vetting


def test_a_case_goes_from_the_pool_to_certified_without_script_and_back_by_undo(client_of, submitted, people, fresh):
    url = f"/admin/review/{submitted.pk}/"
    reviewer, decider = client_of("specialist"), client_of("supervisor")
    assert reviewer.post(f"{url}claim/").status_code == 302
    shown = reviewer.get(f"{url}?accept=1")
    numbers = [card.number for card in shown.context["bench"].cards]
    assert reviewer.post(f"{url}accept/", {"number": numbers}).status_code == 302
    vetting = Vetting.objects.get(application=submitted)
    operations.conclude_vetting(
        vetting=vetting, cleared=True, conclusion="Nothing was found.", actor=people["vetter"], at=timezone.now()
    )
    letter = reviewer.get(f"{url}?outcome=certify").context["letter_panel"].form["letter"].value()
    assert "What follows" in letter
    assert reviewer.post(f"{url}recommend/", {"outcome": "certify", "letter": letter}).status_code == 302
    assert decider.post(f"{url}decide/", {"outcome": "certify", "letter": letter}).status_code == 302
    assert fresh(submitted).status == "certified"
    assert "You can undo the decision until" in page(decider.get("/admin/review/?view=all"))
    late = decider.post(f"{url}decide/", {"outcome": "certify", "letter": "My own words, not lost"})
    assert late.status_code == 409
    assert "My own words, not lost" in page(late)
    decider.post(f"{url}undo/")
    assert fresh(submitted).status == "recommended"


def test_the_reviewer_never_decides_by_page_or_operation(client_of, people, submitted, fresh):
    with system():
        operations.claim(application=submitted, actor=people["second"], at=timezone.now())
        numbers = [c.number for c in criteria_of(submitted)]
        operations.accept_suggested(application=submitted, numbers=numbers, actor=people["second"], at=timezone.now())
        operations.recommend(
            application=submitted,
            outcome="refuse",
            reasons=["criteria_not_met"],
            letter="No.",
            actor=people["second"],
            at=timezone.now(),
        )
    sent = {"outcome": "refuse", "reasons": ["criteria_not_met"], "letter": "No."}
    answer = client_of("second").post(f"/admin/review/{submitted.pk}/decide/", sent)
    assert answer.status_code == 422
    assert "Another supervisor must decide" in page(answer)
    with pytest.raises(Refused, match="Another supervisor"):
        operations.decide(application=submitted, **sent, actor=people["second"], at=timezone.now())
    assert not Decision.objects.exists()
    # The control: a supervisor who is not the reviewer may.
    assert client_of("supervisor").post(f"/admin/review/{submitted.pk}/decide/", sent).status_code == 302
    assert fresh(submitted).status == "refused"


def test_a_bulk_step_never_gives_a_case_to_who_has_a_tie(people, submitted, in_system, fresh):
    at = timezone.now()
    [refused] = bulk.assign_each([submitted], reviewer=people["tied"], reason="", actor=people["supervisor"], at=at)
    assert not refused.done
    assert "tie" in refused.text
    [done] = bulk.assign_each([submitted], reviewer=people["specialist"], reason="", actor=people["supervisor"], at=at)
    assert done.done
    tie_to(people["supervisor"], submitted.company_id)
    [flag] = bulk.flag_each(
        [submitted],
        title="Look",
        company_word="",
        blocks_decision=False,
        ends_on=None,
        actor=people["supervisor"],
        at=at,
    )
    assert not flag.done


def test_a_rejection_without_a_comment_keeps_what_was_typed(client_of, in_review):
    url = f"/admin/review/{in_review.pk}/answers/1.1/verdict/"
    sent = {"word": "rejected", "private": "Half a thought"}
    whole = client_of("specialist").post(url, sent)
    assert whole.status_code == 422
    assert "Half a thought" in page(whole)
    part = client_of("specialist").post(url, sent, headers={"HX-Request": "true"})
    assert "Half a thought" in page(part)
    assert "<html" not in page(part)
