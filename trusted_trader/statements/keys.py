"""The ring of keys that sign statements: the newest signs, the older ones are still published."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from joserfc import jws
from joserfc.jwk import ECKey

ALGORITHM = "ES256"
CURVE = "P-256"
TYPE = "statement+jwt"


@dataclass(frozen=True, slots=True)
class KeyRing:
    """The private keys of one folder, oldest first; files are numbered and readable by their owner alone."""

    folder: Path
    names: tuple[str, ...]
    keys: tuple[ECKey, ...]

    # Factories

    @classmethod
    def load(cls, folder: Path) -> KeyRing:
        """Read the folder's keys, and make the first one where there is none; safe between racing processes."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not _names(folder):
            _make(folder, 1)
        names = _names(folder)
        return cls(folder, names, tuple(ECKey.import_key((folder / name).read_bytes()) for name in names))

    def rotate(self) -> KeyRing:
        """The ring with a new key in front. Of two processes that rotate at once, one makes the key for both."""
        _make(self.folder, int(Path(self.names[-1]).stem) + 1)
        return self.load(self.folder)

    def refreshed(self) -> KeyRing:
        """This ring, or a newer one where another process has rotated meanwhile. Costs one look at the folder."""
        return self if _names(self.folder) == self.names else self.load(self.folder)

    # Queries

    @property
    def current(self) -> ECKey:
        """The key that signs now."""
        return self.keys[-1]

    @property
    def kid(self) -> str:
        """The thumbprint (RFC 7638) of the key that signs now."""
        return self.current.thumbprint()

    def sign(self, payload: Mapping[str, Any]) -> str:
        """The payload as a compact JWS under the current key. Raises TypeError where it is not plain JSON."""
        header = {"alg": ALGORITHM, "typ": TYPE, "kid": self.kid}
        body = json.dumps(payload, separators=(",", ":"), ensure_ascii=False).encode()
        return jws.serialize_compact(header, body, self.current, algorithms=[ALGORITHM])

    def jwks(self) -> dict[str, Any]:
        """The public half of every key, newest first, as a JSON Web Key Set."""
        return {"keys": [_public(key) for key in reversed(self.keys)]}


def _public(key: ECKey) -> dict[str, Any]:
    return {**key.as_dict(private=False), "kid": key.thumbprint(), "use": "sig", "alg": ALGORITHM}


def _names(folder: Path) -> tuple[str, ...]:
    return tuple(sorted(path.name for path in folder.glob("[0-9]*.pem")))


def _make(folder: Path, number: int) -> None:
    """Write key `number`, unless another process was first."""
    path = folder / f"{number:06d}.pem"
    draft = folder / f".{number:06d}.{os.getpid()}"
    handle = os.open(draft, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(ECKey.generate_key(CURVE).as_pem(private=True))
    try:
        os.link(draft, path)  # a whole file appears at once, and only for the first of the racing processes
    except FileExistsError:
        pass
    finally:
        draft.unlink()
