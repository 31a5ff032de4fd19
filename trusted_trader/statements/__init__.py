"""Statements to partners: a JSON object signed with ES256 as a compact JWS, which anyone can check with the JWKS.

Time is not judged here: whoever relies on a statement compares its `valid_until` with the clock.
"""

from __future__ import annotations

from trusted_trader.statements.checking import Fault, StatementRefused, verify
from trusted_trader.statements.keys import ALGORITHM, TYPE, KeyRing

__all__ = ["ALGORITHM", "TYPE", "Fault", "KeyRing", "StatementRefused", "verify"]
