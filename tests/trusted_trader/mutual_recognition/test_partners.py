"""Recognition depends on the country and the day."""

from datetime import date, timedelta

import pytest

from accounts.identifiers import ORIGIN_CODES
from trusted_trader.mutual_recognition import complete_until, partners, recognised

TODAY = date(2026, 11, 24)


def test_the_list_is_whole():
    codes = [partner.code for partner in partners()]
    assert len(codes) == len(set(codes)) == 18
    assert set(codes) - {"EU"} <= ORIGIN_CODES
    assert {partner.mark for partner in partners()} == {"S"}
    assert max(partner.signed for partner in partners()) <= complete_until()


def test_the_union_has_27_members_today_and_all_are_countries():
    union = recognised("EU", TODAY)
    members = [member.code for member in union.members if member.covered(TODAY)]
    assert len(members) == len(set(members)) == 27
    assert {member.code for member in union.members} <= ORIGIN_CODES


@pytest.mark.parametrize("partner", partners(), ids=lambda partner: partner.code)
def test_a_partner_counts_from_its_signing_and_not_before(partner):
    assert recognised(partner.code, partner.signed) == partner
    assert recognised(partner.code, date.max) == partner
    before = recognised(partner.code, partner.signed - timedelta(days=1))
    assert before is None or before.code == "EU"


@pytest.mark.parametrize(
    ("country", "on", "code"),
    [
        ("DE", TODAY, "EU"),
        ("de ", TODAY, "EU"),
        ("HR", date(2013, 6, 30), None),
        ("HR", date(2013, 7, 1), "EU"),
        ("GB", date(2020, 12, 31), "EU"),
        ("GB", date(2021, 1, 1), "GB"),
        ("DE", date(2012, 4, 30), None),
        ("US", TODAY, None),
        ("CN", TODAY, None),
        ("", TODAY, None),
    ],
)
def test_member_states_come_under_their_union(country, on, code):
    found = recognised(country, on)
    assert (found and found.code) == code
