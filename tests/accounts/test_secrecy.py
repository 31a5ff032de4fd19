"""What is sealed stays sealed: keys rotate, an erased person can't be read again, and the chain still holds."""

from __future__ import annotations

import json

import pytest
from cryptography.fernet import Fernet

from accounts import events, operations, secrecy
from accounts.events.verifying import chain_faults
from accounts.models import Event, Person
from accounts.refusals import Refused
from tests.builders import NOW
from tests.world import a_world, in_the_system  # noqa: F401 - fixtures

BIRTH = "1961-04-07"


def a_person(world, **details: object) -> Person:
    return operations.save_person(
        company=world.beginner.company,
        actor=world.beginner.officer,
        at=NOW,
        details={
            "name": "Petra Personal",
            "email": "petra@example.org",
            "phone": "+1 555 0100",
            "title": "Queen of Quays",
        }
        | {"is_owner": True}
        | {"birth_date": BIRTH, "document_number": "X1234567"}
        | details,
    )


def chain_of(person: Person) -> list[Event]:
    return list(Event.objects.filter(subject=f"company:{person.company_id}").order_by("sequence"))


def sealed_values(person: Person) -> list[str]:
    """Everything about this person that the chain keeps under the person's key."""
    return [
        change["new"].removeprefix("sealed:")
        for event in Event.objects.filter(object_type="accounts_person", object_id=str(person.pk))
        for change in event.changes.values()
        if isinstance(change["new"], str) and change["new"].startswith("sealed:")
    ]


@pytest.mark.usefixtures("in_system")
def test_nothing_personal_stands_open_in_the_chain_or_in_the_sealed_columns(world):
    person = a_person(world)
    text = (
        json.dumps([event.changes for event in chain_of(person)]) + person.sealed + person.wrapped_key + person.lookup
    )
    for value in ("Petra", "Queen", "petra@example.org", "555 0100", BIRTH, "X1234567"):
        assert value not in text, value


@pytest.mark.usefixtures("in_system")
def test_an_erased_person_can_not_be_read_again_and_the_chain_still_holds(world):
    person = a_person(world)
    key, sealed = person.wrapped_key, [person.sealed, *sealed_values(person)]
    assert "Petra Personal" in {secrecy.unseal_for(key, value) for value in sealed}  # the control: readable before
    operations.erase_person(person=person, actor=world.staff.director, reason="Asked for by the person.", at=NOW)
    person.refresh_from_db()
    assert person.erased_at
    assert not person.wrapped_key
    assert not person.lookup
    for value in sealed:
        with pytest.raises(secrecy.Unreadable):
            secrecy.unseal_for(person.wrapped_key, value)
    rows = Event.objects.filter(subject=f"company:{person.company_id}").order_by("sequence")
    assert chain_faults(rows.values(*events.HASHED, "hash"), {}) == []
    assert rows.last().operation == "person.erase"
    # No other row of the database keeps the key or the name.
    assert not Person.objects.filter(wrapped_key=key).exists()
    assert not Person.objects.filter(name__contains="Petra").exists()


@pytest.mark.usefixtures("in_system")
def test_an_erased_person_stays_erased_when_somebody_saves_it_again(world):
    person = a_person(world)
    operations.erase_person(person=person, actor=world.staff.director, reason="Asked for by the person.", at=NOW)
    with pytest.raises(Refused):
        operations.save_person(
            company=person.company,
            actor=world.beginner.officer,
            at=NOW,
            person=Person.objects.get(pk=person.pk),
            details={"name": "Petra Again", "birth_date": BIRTH},
        )


@pytest.mark.usefixtures("in_system")
def test_a_reveal_leaves_who_and_why(world):
    person = a_person(world)
    before = len(chain_of(person))
    with pytest.raises(Refused):
        operations.reveal_person(person=person, actor=world.staff.vetter, reason=" ", at=NOW)
    assert len(chain_of(person)) == before
    values = operations.reveal_person(person=person, actor=world.staff.vetter, reason="Vetting of 2026.", at=NOW)
    assert values["birth_date"] == BIRTH
    event = chain_of(person)[-1]
    assert (event.operation, event.actor_id, event.reason) == (
        "person.reveal",
        str(world.staff.vetter.pk),
        "Vetting of 2026.",
    )
    assert BIRTH not in json.dumps(event.changes)


def test_the_newest_key_seals_and_the_old_one_still_opens(settings):
    settings.FIELD_KEYS = ["old"]
    old = secrecy.seal("52-1234567")
    settings.FIELD_KEYS = ["new", "old"]
    assert secrecy.unseal(old) == "52-1234567"
    rewrapped, fresh = secrecy.rewrap(old), secrecy.seal("52-1234567")
    settings.FIELD_KEYS = ["new"]  # the old key is gone
    assert secrecy.unseal(rewrapped) == secrecy.unseal(fresh) == "52-1234567"
    with pytest.raises(secrecy.Unreadable):  # the control: what was not rewrapped is lost with the old key
        secrecy.unseal(old)


def test_a_persons_key_survives_rotation(settings):
    settings.FIELD_KEYS = ["old"]
    key = secrecy.new_person_key()
    value = secrecy.seal_for(key, BIRTH)
    settings.FIELD_KEYS = ["new", "old"]
    key = secrecy.rewrap(key)
    settings.FIELD_KEYS = ["new"]
    assert secrecy.unseal_for(key, value) == BIRTH


def test_a_key_that_is_not_a_persons_opens_nothing(settings):
    first, second = secrecy.new_person_key(), secrecy.new_person_key()
    value = secrecy.seal_for(first, BIRTH)
    with pytest.raises(secrecy.Unreadable):
        secrecy.unseal_for(second, value)
    with pytest.raises(secrecy.Unreadable):
        secrecy.unseal_for(secrecy.seal(Fernet.generate_key().decode()), value)
    with pytest.raises(secrecy.Unreadable):
        secrecy.unseal("not sealed at all")


def test_a_lookup_finds_equal_values_of_the_same_kind_and_needs_the_key(settings):
    assert secrecy.lookup("ein", "52-1234567") == secrecy.lookup("ein", "52-1234567")
    assert secrecy.lookup("ein", "52-1234567") != secrecy.lookup("duns", "52-1234567")
    before = secrecy.lookup("ein", "52-1234567")
    settings.LOOKUP_KEY = "another"
    assert secrecy.lookup("ein", "52-1234567") != before


@pytest.mark.parametrize("value", ["", "1", "1234", "123456", "1234567", "52-1234567"])
def test_a_masked_value_shows_at_most_its_last_four_characters(value):
    shown = secrecy.masked(value).replace("•", "")
    assert len(shown) <= 4
    assert value.endswith(shown)
