"""The confined child process: one question on standard input, one report on standard output."""

import sys

from trusted_trader.evidence_files.isolated import answer, confine

if __name__ == "__main__":
    confine()
    sys.stdout.write(answer(sys.stdin.read()))
