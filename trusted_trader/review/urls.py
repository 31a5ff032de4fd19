"""Addresses of the staff's pages, inside the admin site (names are admin:…); the policy table says who may."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.urls import path
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from trusted_trader.review.views import bulk, case, deciding, queue, standing, validating, vetting, working

CASE = "review/<int:pk>/"
VETTING = "vetting/<int:pk>/"
STANDING = "standing/<str:number>/"
BOTH = require_http_methods(["GET", "HEAD", "POST"])


def _get(route: str, view: Callable[..., Any], name: str) -> Any:
    return path(route, require_GET(view), name=name)


def _post(route: str, view: Callable[..., Any], name: str) -> Any:
    return path(route, require_POST(view), name=name)


urlpatterns = [
    _get("review/", queue.queue, "review_queue"),
    _post("review/search/", queue.search, "review_search"),
    _post("review/bulk/", bulk.bulk, "review_bulk"),
    path("review/settings/", BOTH(queue.settings), name="review_settings"),
    _post("review/filters/", queue.save_filter, "review_filter_save"),
    _post("review/filters/<int:pk>/remove/", queue.forget_filter, "review_filter_remove"),
    _get(CASE, case.case, "review_case"),
    _get(f"{CASE}here/", case.here, "review_here"),
    _get(f"{CASE}compare/", case.compare, "review_compare"),
    _get(f"{CASE}history/", case.past, "review_history"),
    _get(f"{CASE}evidence/<uuid:key>/", case.evidence_text, "evidence_preview"),
    _get(f"{CASE}evidence/<uuid:key>/picture/", case.evidence_picture, "evidence_picture"),
    _post(f"{CASE}claim/", working.claim, "review_claim"),
    _post(f"{CASE}release/", working.release, "review_release"),
    _post(f"{CASE}reassign/", working.reassign, "review_reassign"),
    _post(f"{CASE}answers/<str:number>/verdict/", working.verdict, "review_verdict"),
    _post(f"{CASE}accept/", working.accept, "review_accept"),
    _post(f"{CASE}ask/", working.ask, "review_ask"),
    _post(f"{CASE}notes/", working.note, "review_note"),
    _post(f"{CASE}flags/", working.flag, "review_flag"),
    _post(f"{CASE}flags/<int:flag>/clear/", working.clear_flag, "review_flag_clear"),
    _post(f"{CASE}letter/", deciding.preview, "review_letter"),
    _post(f"{CASE}recommend/", deciding.recommend, "review_recommend"),
    _post(f"{CASE}decide/", deciding.decide, "review_decide"),
    _post(f"{CASE}return/", deciding.return_to_review, "review_return"),
    _post(f"{CASE}undo/", deciding.undo, "review_undo"),
    _get("vetting/", vetting.vettings, "vetting_list"),
    _get(VETTING, vetting.vetting, "vetting_case"),
    _post(f"{VETTING}people/<int:person>/reveal/", vetting.reveal, "vetting_reveal"),
    _post(f"{VETTING}conclude/", vetting.conclude, "vetting_conclude"),
    _post(f"{VETTING}reopen/", vetting.reopen, "vetting_reopen"),
    _get("standing/", standing.members, "standing_list"),
    _get(STANDING, standing.standing, "standing"),
    _post(f"{STANDING}propose/", standing.propose, "standing_propose"),
    _post(f"{STANDING}confirm/", standing.confirm, "standing_confirm"),
    _post(f"{STANDING}reject/", standing.reject, "standing_reject"),
    _post(f"{STANDING}validation/", validating.record, "validation_record"),
    _post(f"{STANDING}validation/<int:pk>/confirm/", validating.confirm, "validation_confirm"),
    _post(f"{STANDING}validation/<int:pk>/reject/", validating.reject, "validation_reject"),
]
