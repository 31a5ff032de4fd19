"""Statements: what the ring signs holds, whatever else is offered does not, and the reason is told."""

from __future__ import annotations

import hmac
import json
import stat
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest
from joserfc import jws
from joserfc.jwk import ECKey
from joserfc.util import urlsafe_b64encode

from trusted_trader.statements import TYPE, Fault, KeyRing, StatementRefused, verify
from trusted_trader.statements.checking import SENTENCES

PAYLOAD = {"member": {"account": "TT-1", "name": "Żółw Ünlimited 海運"}, "in_good_standing": True, "tier": None}


@pytest.fixture
def ring(tmp_path: Path) -> KeyRing:
    return KeyRing.load(tmp_path / "keys")


def encoded(content: object) -> str:
    return urlsafe_b64encode(json.dumps(content).encode()).decode()


def signed(payload: object, key: ECKey, **header: object) -> str:
    body = json.dumps(payload).encode()
    algorithm = str(header["alg"])
    return jws.serialize_compact(dict(header), body, key, algorithms=[algorithm])


def refusal(token: str, ring: KeyRing) -> Fault:
    with pytest.raises(StatementRefused) as refused:
        verify(token, ring.jwks())
    assert str(refused.value) == SENTENCES[refused.value.fault]
    return refused.value.fault


def test_a_signed_payload_comes_back_whole(ring: KeyRing) -> None:
    assert verify(ring.sign(PAYLOAD), ring.jwks()) == PAYLOAD


def test_the_header_names_type_algorithm_and_key(ring: KeyRing) -> None:
    header = jws.extract_compact(ring.sign(PAYLOAD).encode()).headers()

    assert header == {"alg": "ES256", "typ": "statement+jwt", "kid": ring.jwks()["keys"][0]["kid"]}


def test_the_key_is_named_by_its_thumbprint(ring: KeyRing) -> None:
    (public,) = ring.jwks()["keys"]

    assert public["kid"] == ECKey.import_key({k: public[k] for k in ("kty", "crv", "x", "y")}).thumbprint() == ring.kid


def test_a_changed_payload_is_refused(ring: KeyRing) -> None:
    header, _, signature = ring.sign(PAYLOAD).split(".")

    assert refusal(f"{header}.{encoded({**PAYLOAD, 'tier': 3})}.{signature}", ring) is Fault.SIGNATURE


def test_every_changed_letter_of_the_payload_is_noticed(ring: KeyRing) -> None:
    header, body, signature = ring.sign(PAYLOAD).split(".")
    for place, letter in enumerate(body):
        changed = body[:place] + ("A" if letter != "A" else "B") + body[place + 1 :]
        assert refusal(f"{header}.{changed}.{signature}", ring) is Fault.SIGNATURE


def test_an_unsigned_statement_is_refused(ring: KeyRing) -> None:
    for name in ("none", "None", "NONE"):
        header = encoded({"alg": name, "typ": TYPE, "kid": ring.kid})
        assert refusal(f"{header}.{encoded(PAYLOAD)}.", ring) is Fault.ALGORITHM


def test_the_public_key_used_as_a_shared_secret_is_refused(ring: KeyRing) -> None:
    # Made by hand: joserfc will not sign with a public key as a secret, an attacker's program will.
    body = f"{encoded({'alg': 'HS256', 'typ': TYPE, 'kid': ring.kid})}.{encoded(PAYLOAD)}"
    mac = hmac.digest(ring.current.as_pem(private=False), body.encode(), "sha256")

    assert refusal(f"{body}.{urlsafe_b64encode(mac).decode()}", ring) is Fault.ALGORITHM


def test_a_foreign_key_is_refused_under_its_own_name_and_under_ours(ring: KeyRing) -> None:
    foreign = ECKey.generate_key("P-256")

    own = signed(PAYLOAD, foreign, alg="ES256", typ=TYPE, kid=foreign.thumbprint())
    ours = signed(PAYLOAD, foreign, alg="ES256", typ=TYPE, kid=ring.kid)

    assert refusal(own, ring) is Fault.UNKNOWN_KEY
    assert refusal(ours, ring) is Fault.SIGNATURE


def test_a_key_sent_along_is_not_believed(ring: KeyRing) -> None:
    foreign = ECKey.generate_key("P-256")
    token = signed(PAYLOAD, foreign, alg="ES256", typ=TYPE, kid=ring.kid, jwk=foreign.as_dict(private=False))

    assert refusal(token, ring) is Fault.SIGNATURE


def test_the_foreign_key_would_hold_if_it_were_published(ring: KeyRing) -> None:
    foreign = ECKey.generate_key("P-256")
    token = signed(PAYLOAD, foreign, alg="ES256", typ=TYPE, kid=foreign.thumbprint())
    public = {**foreign.as_dict(private=False), "kid": foreign.thumbprint()}

    assert verify(token, {"keys": [public]}) == PAYLOAD


def test_something_else_we_signed_is_no_statement(ring: KeyRing) -> None:
    for typ in ("JWT", "statuslist+jwt"):
        assert refusal(signed(PAYLOAD, ring.current, alg="ES256", typ=typ, kid=ring.kid), ring) is Fault.TYPE


def test_a_statement_that_names_no_key_is_refused(ring: KeyRing) -> None:
    assert refusal(signed(PAYLOAD, ring.current, alg="ES256", typ=TYPE), ring) is Fault.UNKNOWN_KEY


@pytest.mark.parametrize(
    "token", ["", "x", "a.b.c", "..", "{}", "é.é.é", "e30.e30.e30.e30", "bnVsbA.e30.AA", "ImEi.e30.AA", "W10.e30.AA"]
)
def test_a_broken_text_is_refused_without_a_trace(token: str, ring: KeyRing) -> None:
    assert refusal(token, ring) in {Fault.MALFORMED, Fault.ALGORITHM}


def test_a_signed_list_is_no_statement(ring: KeyRing) -> None:
    token = signed([1, 2], ring.current, alg="ES256", typ=TYPE, kid=ring.kid)

    assert refusal(token, ring) is Fault.MALFORMED


def test_only_public_halves_are_published(ring: KeyRing) -> None:
    published = ring.rotate().jwks()["keys"]

    assert len(published) == 2
    assert all(set(key) == {"kty", "crv", "x", "y", "kid", "use", "alg"} for key in published)
    assert "d" in ring.current.as_dict(private=True)


def test_a_rotated_ring_signs_anew_and_still_knows_the_old(ring: KeyRing) -> None:
    old = ring.sign(PAYLOAD)
    rotated = ring.rotate()

    assert rotated.kid != ring.kid
    assert rotated.jwks()["keys"][0]["kid"] == rotated.kid
    assert verify(old, rotated.jwks()) == verify(rotated.sign(PAYLOAD), rotated.jwks()) == PAYLOAD
    assert refusal(rotated.sign(PAYLOAD), ring) is Fault.UNKNOWN_KEY


def test_a_ring_learns_that_another_process_rotated(ring: KeyRing) -> None:
    assert ring.refreshed() is ring
    rotated = KeyRing.load(ring.folder).rotate()

    assert ring.refreshed().kid == rotated.kid


def test_a_key_is_read_again_after_a_restart(ring: KeyRing) -> None:
    assert KeyRing.load(ring.folder).kid == ring.kid


def test_keys_are_readable_by_their_owner_alone(ring: KeyRing) -> None:
    ring.rotate()

    assert stat.S_IMODE(ring.folder.stat().st_mode) == 0o700
    assert [stat.S_IMODE(file.stat().st_mode) for file in ring.folder.iterdir()] == [0o600, 0o600]


def kid_at_first_start(folder: Path) -> str:
    return KeyRing.load(folder).kid


def kid_after_rotation(folder: Path) -> str:
    return KeyRing.load(folder).rotate().kid


def test_processes_that_start_at_once_share_one_key(tmp_path: Path) -> None:
    with ProcessPoolExecutor(4) as pool:
        kids = set(pool.map(kid_at_first_start, [tmp_path / "keys"] * 16))

    assert len(kids) == 1
    assert [file.name for file in (tmp_path / "keys").iterdir()] == ["000001.pem"]


def test_two_rings_that_rotate_at_once_make_one_key(ring: KeyRing) -> None:
    other = KeyRing.load(ring.folder)

    assert ring.rotate().kid == other.rotate().kid
    assert len(list(ring.folder.iterdir())) == 2
