"""Honest answers aren't taken for empty, copied or denying ones."""

import pytest

from tests.trusted_trader.facts import good_facts, with_answer
from trusted_trader.checks import Severity, run_for
from trusted_trader.entity_types import EntityType

HONEST = [
    "We do not allow visitors past the desk without a badge, and the clerk logs each of them in and out.",
    "Cargo that is not yet loaded stands in a locked cage, and the dock lead alone holds the key.",
    "As per our policy the guard checks each driver's photo card at the gate.",
    "No unauthorised person may enter the yard; the guard at the gate checks every badge against the daily list.",
    "Todo el personal lleva credencial con foto y el guardia revisa cada entrada en la bitácora del turno.",
    "The inspection form has to be completed by the driver and is to be confirmed by the dispatcher before departure.",
    "Drivers fill in the seven-point sheet, photograph the seal and hand both to the gate clerk before they leave.",
    "As described in our security manual, two guards walk the fence each night, and gaps are mended in a week.",
    "警备员每天早上检查大门和围栏, 记录在册, 由仓库经理每周签字并保存三年。",
    "We will not load a trailer that fails its check; the dock lead tags it and the yard manager decides what follows.",
]
WEAK = [
    ("TBD", "WOR-01"),
    ("To be completed.", "WOR-01"),
    ("________", "WOR-01"),
    ("Yes.", "WOR-02"),
    ("Compliant.", "WOR-02"),
    ("N/A yes", "WOR-03"),
    ("No.", "WOR-10"),
    ("See attached manual.", "WOR-09"),
    ("The rules are not yet written, but the owners speak about them with all staff each week.", "WOR-11"),
    ("No written policy exists at this time, since the firm is small and its owners know one another.", "WOR-10"),
]


@pytest.mark.parametrize("text", HONEST)
def test_an_honest_answer_passes(text):
    facts = with_answer(good_facts(EntityType.IMPORTER), "4.1", text=text)
    assert [f.code for f in run_for(facts, "4.1") if f.severity != Severity.HINT] == []


@pytest.mark.parametrize(("text", "code"), WEAK)
def test_a_weak_answer_is_noticed(text, code):
    facts = with_answer(good_facts(EntityType.IMPORTER), "4.1", text=text)
    assert code in [finding.code for finding in run_for(facts, "4.1")]
