"""The bits of the list: as the specification lays them out, and as small as promised."""

from __future__ import annotations

import random
import time
import zlib

from fastlane.status_list import codes


def test_two_bits_a_place_lowest_first_as_in_the_specifications_example() -> None:
    """The example of the IETF draft: twelve codes of two bits are the bytes C9 44 F9."""
    example = bytes([1, 2, 0, 3, 0, 1, 0, 1, 1, 2, 3, 3])
    assert codes.packed(example).hex() == "c944f9"


def test_every_place_reads_back() -> None:
    chance = random.Random(3)
    given = bytes(chance.choice([0, 1, 2]) for _ in range(4000))
    text = codes.compressed(given)
    assert [codes.read(text, index) for index in range(4000)] == list(given)


def test_a_place_that_nobody_has_reads_as_a_no() -> None:
    laid = bytes(codes.laid_out([(2, codes.VALID)], 8))
    assert [codes.read(codes.compressed(laid), index) for index in range(8)] == [1, 1, 0, 1, 1, 1, 1, 1]


def test_only_a_consenting_member_in_good_standing_reads_as_a_yes() -> None:
    yes = [
        (good, status, consenting)
        for good in (True, False) for status in ("good", "suspended", "removed", "withdrawn", "none")
        for consenting in (True, False)
        if codes.code_of(in_good_standing=good, status=status, consenting=consenting) == codes.VALID
    ]  # fmt: skip
    assert {(good, consenting) for good, _, consenting in yes} == {(True, True)}
    assert codes.code_of(in_good_standing=False, status="suspended", consenting=True) == codes.SUSPENDED
    assert codes.code_of(in_good_standing=False, status="suspended", consenting=False) == codes.INVALID


def test_a_million_members_are_small_and_soon_packed() -> None:
    chance = random.Random(5)
    given = bytearray(1_000_000)
    for index in chance.sample(range(1_000_000), 50_000):
        given[index] = chance.choice([1, 2])
    began = time.perf_counter()
    raw = zlib.compress(codes.packed(bytes(given)), 9)
    took = time.perf_counter() - began
    text = codes.compressed(bytes(given))
    print(f"\n1,000,000 members, 5 % not good: {len(raw):,} bytes compressed, {len(text):,} in the token, {took:.2f} s")
    assert len(raw) <= 125_000
