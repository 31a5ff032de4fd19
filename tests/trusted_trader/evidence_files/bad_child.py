"""A child process that misbehaves in the way the file's name asks for."""

import json
import os
import sys
import time
from dataclasses import asdict

from trusted_trader.evidence_files.isolated import MB, confine
from trusted_trader.evidence_files.report import Report


def misbehave(way: str, path: str) -> None:
    match way:
        case "crash.txt":
            os.abort()
        case "hang.txt":
            time.sleep(60)
        case "spin.txt":
            while True:
                pass
        case "swell.txt":
            bytearray(900 * MB)
        case "flood.txt":
            while True:
                print("x" * 100_000)
        case "write.txt":
            with open(f"{path}.written", "wb") as file:
                file.write(bytes(5 * MB))
        case "nonsense.txt":
            print('{"accepted": true}')
        case "invented.txt":
            print(json.dumps(asdict(Report(True, "fine, trust me"))))
        case "environment.txt":
            print(json.dumps(asdict(Report(True, "accepted", text=" ".join(os.environ)))))


if __name__ == "__main__":
    asked = json.loads(sys.stdin.read())
    confine()
    misbehave(asked["declared_name"], asked["path"])
