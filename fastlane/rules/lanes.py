"""The lanes: their rules, facts, schema and an example that answers eligible."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass

from fastlane.rules import (
    acas,
    aqua,
    aqua_facts,
    facts,
    fast,
    gbi,
    low_value,
    low_value_facts,
    trade_compliance,
)
from fastlane.rules.rule import Listed, Rule
from fastlane.rules.rule import gettext_noop as _


@dataclass(frozen=True, slots=True)
class Lane:
    """A lane. `dated_by` is the fact whose day decides which law is in force; `listed` are rules that act elsewhere."""

    code: str
    title: str
    facts: type
    dated_by: str
    rules: tuple[Rule, ...]
    listed: tuple[Listed, ...]
    example_facts: Mapping[str, object]
    example_note: str = ""

    def parse(self, document: object) -> object:
        """Read a document as this lane's facts. Raises FactsRefused with every problem in it."""
        return facts.read(self.facts, document)

    def schema(self) -> dict[str, object]:
        """Return the JSON Schema (2020-12) of the facts, each with its source in x-source."""
        return facts.schema(self.facts, self.title)

    def example(self) -> dict[str, object]:
        """Return a document that answers eligible on its date, with no rule fired."""
        return deepcopy(dict(self.example_facts))


_ALL = (
    Lane(
        "aqua", _("AQUA: unlading on arrival"), aqua_facts.AquaFacts, "eta",
        aqua.RULES, aqua.LISTED, aqua_facts.EXAMPLE,
    ),
    Lane(
        "fast", _("FAST: trucks at the land border"), fast.FastFacts, "arrival_at",
        fast.RULES, fast.LISTED, fast.EXAMPLE,
    ),
    Lane(
        "low_value", _("Low-value goods: Section 321 and entry type 86"), low_value_facts.LowValueFacts, "arrival_date",
        low_value.RULES, low_value.LISTED, low_value_facts.EXAMPLE,
        _("The date lies before 29 August 2025; since then the law lets no such parcel in free."),
    ),
    Lane(
        "trade_compliance", _("CTPAT Trade Compliance"), trade_compliance.TradeComplianceFacts, "asked_on",
        trade_compliance.RULES, trade_compliance.LISTED, trade_compliance.EXAMPLE,
    ),
    Lane(
        "acas", _("Air cargo advance screening"), acas.AcasFacts, "loading_at", acas.RULES, (), acas.EXAMPLE,
    ),
    Lane(
        "gbi", _("Global Business Identifier test"), gbi.GbiFacts, "arrival_date", gbi.RULES, gbi.LISTED, gbi.EXAMPLE,
        _("The test ends on 23 February 2027."),
    ),
)  # fmt: skip

LANES: Mapping[str, Lane] = {lane.code: lane for lane in _ALL}
