"""Roles are one list, split into three sides."""

from accounts.roles import COMPANY_ROLES, STAFF_ROLES, Role, label


def test_every_role_is_on_exactly_one_side():
    assert COMPANY_ROLES | STAFF_ROLES | {Role.PARTNER_CLIENT} == set(Role)
    assert not COMPANY_ROLES & STAFF_ROLES
    assert len(COMPANY_ROLES) == 5
    assert len(STAFF_ROLES) == 9


def test_every_role_has_a_name_of_its_own_in_plain_words():
    names = [label(role) for role in Role]
    assert len(set(names)) == len(Role)
    assert not any("_" in name for name in names)
