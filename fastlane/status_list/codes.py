"""The bits of a Token Status List (IETF): two per place, lowest bits first, compressed with zlib. Pure."""

from __future__ import annotations

import base64
import zlib
from collections.abc import Iterable

BITS = 2
PER_BYTE = 8 // BITS
LEVEL = 6  # 9 takes seventeen times as long for a tenth less
VALID, INVALID, SUSPENDED = 0, 1, 2
# A place that nobody has reads as a no.
FILLER = INVALID


def code_of(*, in_good_standing: bool, status: str, consenting: bool) -> int:
    """An account's code: a yes only for a consenting member in good standing."""
    if consenting and in_good_standing:
        return VALID
    return SUSPENDED if consenting and status == "suspended" else INVALID


def packed(codes: bytes) -> bytes:
    """One code per byte in, four per byte out. The length must be a multiple of four."""
    # Four long numbers, one for each place within the bytes, laid over each other.
    whole = 0
    for place in range(PER_BYTE):
        whole |= int.from_bytes(codes[place::PER_BYTE], "big") << (BITS * place)
    return whole.to_bytes(len(codes) // PER_BYTE, "big")


def compressed(codes: bytes) -> str:
    """The list as it stands in the token: packed, compressed, base64url without padding."""
    return base64.urlsafe_b64encode(zlib.compress(packed(codes), LEVEL)).rstrip(b"=").decode()


def read(text: str, index: int) -> int:
    """The code at a place, as a relying party reads it."""
    raw = zlib.decompress(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    return raw[index // PER_BYTE] >> (BITS * (index % PER_BYTE)) & (2**BITS - 1)


def laid_out(pairs: Iterable[tuple[int, int]], size: int) -> bytearray:
    """Codes by place, the filler where nobody is."""
    codes = bytearray([FILLER]) * size
    for index, code in pairs:
        codes[index] = code
    return codes
