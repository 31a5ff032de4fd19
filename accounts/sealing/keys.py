"""The key that signs seals: made at first need, kept outside the database."""

from __future__ import annotations

import os
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from joserfc.jwk import ECKey


@lru_cache(maxsize=1)
def seal_key() -> ECKey:
    """The private key (ES256), made once and readable by its owner alone; safe to race for."""
    path = Path(settings.KEYS_DIR) / "seal.pem"
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        draft = path.with_suffix(f".{os.getpid()}")
        handle = os.open(draft, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(ECKey.generate_key("P-256").as_pem(private=True))
        with suppress(FileExistsError):  # the first of two racing processes wins
            os.link(draft, path)
        draft.unlink()
    return ECKey.import_key(path.read_bytes())
