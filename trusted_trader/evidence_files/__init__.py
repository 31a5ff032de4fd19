"""Evidence in quarantine: may this file be taken, what does it hold, and what do we call it?

`inspect_isolated` is the call for strangers' files; `inspect` does the same in this process. `scan_clamd` asks a virus
scanner. Doubt always means no. Each check is a small function in a tuple of its module, whose order is the policy.
"""

from trusted_trader.evidence_files.content import KINDS
from trusted_trader.evidence_files.inspection import inspect, inspect_bytes
from trusted_trader.evidence_files.isolated import inspect_isolated
from trusted_trader.evidence_files.report import DEFAULT, REASONS, Limits, Report
from trusted_trader.evidence_files.scanner import scan_clamd

__all__ = [
    "DEFAULT",
    "KINDS",
    "REASONS",
    "Limits",
    "Report",
    "inspect",
    "inspect_bytes",
    "inspect_isolated",
    "scan_clamd",
]
