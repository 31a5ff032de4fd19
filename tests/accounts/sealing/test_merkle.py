"""The tree under a seal: it tells every leaf and its place, and a proof holds for one leaf alone."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from accounts.sealing import merkle

LEAVES = st.lists(st.binary(max_size=12), min_size=1, max_size=24)


def hashed(*parts: bytes) -> bytes:
    return hashlib.sha256(b"".join(parts)).digest()


def test_no_leaves_hash_to_the_hash_of_nothing() -> None:
    assert merkle.root([]).hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def test_three_leaves_are_parted_as_the_rfc_parts_them() -> None:
    a, b, c = (hashed(b"\x00", leaf) for leaf in (b"a", b"b", b"c"))

    assert merkle.root([b"a", b"b", b"c"]) == hashed(b"\x01", hashed(b"\x01", a, b), c)


def test_a_known_tree_keeps_its_root() -> None:
    leaves = [bytes.fromhex(leaf) for leaf in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657")]
    leaves.append(bytes.fromhex("606162636465666768696a6b6c6d6e6f"))

    # The test tree of the certificate transparency logs that speak RFC 6962.
    assert merkle.root(leaves).hex() == "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"


@given(LEAVES, st.data())
def test_every_leaf_is_proved_at_its_place(leaves: list[bytes], data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(leaves) - 1))
    path = merkle.proof(leaves, index)

    assert merkle.verify_proof(leaves[index], index=index, count=len(leaves), path=path, expected=merkle.root(leaves))


@given(LEAVES, st.data())
def test_another_leaf_is_not_proved_by_the_same_path(leaves: list[bytes], data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(leaves) - 1))
    other = data.draw(st.binary(max_size=12))
    assume(other != leaves[index])
    path = merkle.proof(leaves, index)

    assert not merkle.verify_proof(other, index=index, count=len(leaves), path=path, expected=merkle.root(leaves))


@given(LEAVES, st.data())
def test_a_leaf_is_not_proved_at_another_place(leaves: list[bytes], data: st.DataObject) -> None:
    index, elsewhere = data.draw(st.integers(0, len(leaves) - 1)), data.draw(st.integers(-1, len(leaves)))
    assume(elsewhere < 0 or elsewhere >= len(leaves) or leaves[elsewhere] != leaves[index])
    path = merkle.proof(leaves, index)

    assert not merkle.verify_proof(
        leaves[index], index=elsewhere, count=len(leaves), path=path, expected=merkle.root(leaves)
    )


@given(LEAVES, st.data())
def test_a_path_too_short_or_too_long_proves_nothing(leaves: list[bytes], data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(leaves) - 1))
    path, expected = merkle.proof(leaves, index), merkle.root(leaves)

    for wrong in ((*path, b"\x00" * 32), path[:-1] if path else (expected,)):
        assert not merkle.verify_proof(leaves[index], index=index, count=len(leaves), path=wrong, expected=expected)


@given(LEAVES, st.data())
def test_any_change_changes_the_root(leaves: list[bytes], data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(leaves) - 1))
    changed = [*leaves[:index], leaves[index] + b"!", *leaves[index + 1 :]]

    assert merkle.root(changed) != merkle.root(leaves)
    assert merkle.root(leaves[:index] + leaves[index + 1 :]) != merkle.root(leaves)


def test_two_leaves_cannot_pass_for_one_made_of_their_hashes() -> None:
    forged = merkle.leaf_hash(b"a") + merkle.leaf_hash(b"b")

    assert merkle.root([b"a", b"b"]) != merkle.root([forged])


def test_without_the_first_byte_they_could(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(merkle, "LEAF", b"")
    monkeypatch.setattr(merkle, "NODE", b"")
    forged = merkle.leaf_hash(b"a") + merkle.leaf_hash(b"b")

    assert merkle.root([b"a", b"b"]) == merkle.root([forged])


def test_a_leaf_that_is_not_there_has_no_proof() -> None:
    with pytest.raises(IndexError):
        merkle.proof([b"a"], 1)
