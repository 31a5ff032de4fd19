"""Writes of the review, one module for each part of the work."""

from trusted_trader.review.operations.deciding import decide, recommend, return_to_review, undo_decision
from trusted_trader.review.operations.holding import claim, reassign, release
from trusted_trader.review.operations.judging import accept_suggested, ask, give_verdict, lapse_request
from trusted_trader.review.operations.noting import CASE_STAFF, MENTION, add_note, clear_flag, raise_flag, save_filter
from trusted_trader.review.operations.vetting import conclude_vetting, reopen_vetting

__all__ = [
    "CASE_STAFF",
    "MENTION",
    "accept_suggested",
    "add_note",
    "ask",
    "claim",
    "clear_flag",
    "conclude_vetting",
    "decide",
    "give_verdict",
    "lapse_request",
    "raise_flag",
    "reassign",
    "recommend",
    "release",
    "reopen_vetting",
    "return_to_review",
    "save_filter",
    "undo_decision",
]
