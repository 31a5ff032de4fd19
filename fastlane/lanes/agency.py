"""Writes of what the agency's own systems know about a port call: each fact with value, source and observed time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from accounts import effects, events
from fastlane.lanes.acting import Actor, Client
from fastlane.lanes.models import AgencyFact, LaneRequest
from fastlane.lanes.queries import AGENCY_PATHS, AQUA, NOTICE
from fastlane.rules import FactsRefused, Problem

TOLD = "lane.facts"
CLOCKS_APART = timedelta(minutes=5)
MOST_SOURCE = 100


@dataclass(frozen=True, slots=True)
class Observation:
    """A fact as it was observed. `path` is the dotted name that the lane's schema uses; the time is aware."""

    path: str
    value: Any
    source: str
    observed_at: datetime


def problems(observations: list[Observation], *, at: datetime) -> list[Problem]:
    """What is wrong with them, with pointers: unknown facts, wrong values, times that lie ahead."""
    found = []
    for told in observations:
        pointer = f"/facts/{told.path}"
        if told.path not in AGENCY_PATHS | {NOTICE}:
            known = ", ".join(sorted(AGENCY_PATHS | {NOTICE}))
            found.append(Problem(pointer, "unknown_fact", f"This is no fact of the agency. Known are: {known}."))
            continue
        found += [Problem(f"{pointer}/value", wrong.code, wrong.detail) for wrong in _wrong(told)]
        if told.observed_at > at + CLOCKS_APART:
            found.append(Problem(f"{pointer}/observed_at", "future", "This time lies ahead. Send when it was seen."))
        if not told.source.strip() or len(told.source) > MOST_SOURCE:
            found.append(Problem(f"{pointer}/source", "required", "Name the system or office that says so."))
    return found


def _wrong(told: Observation) -> tuple[Problem, ...]:
    if told.path == NOTICE:
        good = isinstance(told.value, bool)
        return () if good else (Problem("", "type", "Give true or false."),)
    if told.value is None:
        return (Problem("", "required", "Give a value. What nobody knows is not sent."),)
    document: dict[str, Any] = {}
    inner = document
    *groups, name = told.path.split(".")
    for group in groups:
        inner = inner.setdefault(group, {})
    inner[name] = told.value
    try:
        AQUA.parse(document)
    except FactsRefused as refused:
        return refused.problems
    return ()


@transaction.atomic
def observe(
    *, imo: str, voyage: str, port: str, observations: list[Observation], actor: Actor, at: datetime
) -> list[AgencyFact]:
    """Add to what is known; what was known before stays in the history. Raises FactsRefused, and then nothing is kept."""
    if wrong := problems(observations, at=at):
        raise FactsRefused(wrong)
    rows = AgencyFact.objects.bulk_create(
        AgencyFact(
            imo=imo,
            voyage=voyage,
            port=port,
            path=told.path,
            value=told.value,
            source=told.source.strip(),
            observed_at=told.observed_at,
            received_at=at,
            given_by=actor.user,
            client_id=actor.client_id,
        )
        for told in observations
    )
    subject = f"portcall:{imo}/{voyage}/{port}"
    event = events.record(
        subject,
        "portcall.observe",
        actor=actor.user or (Client(actor.client_id) if actor.client_id else None),
        actor_kind="client" if actor.client_id and actor.user is None else "",
        at=at,
        changes=_changes(observations),
        internal=True,
    )
    for pk in LaneRequest.objects.filter(imo=imo, voyage=voyage, port=port).values_list("pk", flat=True):
        effects.add(TOLD, f"request:{pk}", event.sequence, at=at, payload={"request": pk})
    return rows


def _changes(observations: list[Observation]) -> Mapping[str, Mapping[str, Any]]:
    return {told.path: {"old": None, "new": told.value} for told in observations}
