"""Merkle trees over byte strings, hashed as RFC 6962 section 2.1 says, so that one leaf can be proved by its path."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

# A leaf and an inner node are hashed under different first bytes: without them a node could be passed off as a leaf.
LEAF = b"\x00"
NODE = b"\x01"


def root(leaves: Sequence[bytes]) -> bytes:
    """The tree's root (32 bytes); of no leaves the hash of nothing."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaf_hash(leaves[0])
    split = _split(len(leaves))
    return node_hash(root(leaves[:split]), root(leaves[split:]))


def proof(leaves: Sequence[bytes], index: int) -> tuple[bytes, ...]:
    """The audit path of one leaf, from its neighbour up to the root. Raises IndexError where there is no such leaf."""
    if not 0 <= index < len(leaves):
        raise IndexError(f"There is no leaf {index} among {len(leaves)}.")
    if len(leaves) == 1:
        return ()
    split = _split(len(leaves))
    if index < split:
        return (*proof(leaves[:split], index), root(leaves[split:]))
    return (*proof(leaves[split:], index - split), root(leaves[:split]))


def verify_proof(leaf: bytes, *, index: int, count: int, path: Sequence[bytes], expected: bytes) -> bool:
    """Whether this leaf stands at `index` of the `count` leaves below the root `expected`."""
    if not 0 <= index < count:
        return False
    return _climb(leaf_hash(leaf), index, count, tuple(path)) == expected


def leaf_hash(leaf: bytes) -> bytes:
    return hashlib.sha256(LEAF + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(NODE + left + right).digest()


def _climb(digest: bytes, index: int, count: int, path: tuple[bytes, ...]) -> bytes | None:
    """The root that the path leads to, or None for a path too short or too long for a tree of this size."""
    if count == 1:
        return None if path else digest
    if not path:
        return None
    split = _split(count)
    if index < split:
        below = _climb(digest, index, split, path[:-1])
        return None if below is None else node_hash(below, path[-1])
    below = _climb(digest, index - split, count - split, path[:-1])
    return None if below is None else node_hash(path[-1], below)


def _split(count: int) -> int:
    """The largest power of two below `count`: where RFC 6962 parts a tree."""
    return 1 << ((count - 1).bit_length() - 1)
