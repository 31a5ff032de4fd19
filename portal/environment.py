"""Read settings from the environment, and stop loudly on nonsense."""

from __future__ import annotations

import json
import os
import secrets
from pathlib import Path
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

ROOT = Path(__file__).resolve().parent.parent
LOCAL = Path(os.environ.get("PORTAL_LOCAL", ROOT / ".local"))


def env(name: str, default: str = "") -> str:
    return os.environ.get(name, default)


def env_bool(name: str, *, default: bool) -> bool:
    """A yes/no setting. Raises ImproperlyConfigured on any other word."""
    raw = os.environ.get(name)
    if raw is None:
        return default
    if raw.lower() in {"1", "true", "yes", "on"}:
        return True
    if raw.lower() in {"0", "false", "no", "off"}:
        return False
    raise ImproperlyConfigured(f"{name}={raw!r} is neither yes nor no.")


def env_int(name: str, default: int) -> int:
    raw = os.environ.get(name)
    if raw is None:
        return default
    try:
        return int(raw)
    except ValueError as error:
        raise ImproperlyConfigured(f"{name}={raw!r} is not a whole number.") from error


def env_list(name: str, default: list[str]) -> list[str]:
    raw = os.environ.get(name)
    return default if raw is None else [part.strip() for part in raw.split(",") if part.strip()]


def env_secret(name: str, *, development: bool) -> str:
    """A secret from NAME or the file NAME_FILE; in development one is made once and kept in the local folder.

    Raises ImproperlyConfigured outside development when neither is given.
    """
    if value := os.environ.get(name):
        return value
    if file := os.environ.get(f"{name}_FILE"):
        return Path(file).read_text().strip()
    if not development:
        raise ImproperlyConfigured(f"Set {name} (or {name}_FILE): it is a secret without a default.")
    return local_secret(name.lower())


def local_secret(name: str) -> str:
    """A secret made at first need and kept under the local folder, readable by its owner alone; safe to race for."""
    path = LOCAL / "keys" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        while not (found := path.read_text()):  # another process has just made the file and is about to fill it
            continue
        return found
    value = secrets.token_urlsafe(48)
    with os.fdopen(handle, "w") as file:
        file.write(value)
    return value


def local_service(name: str) -> str:
    """The address of a service that portal.local started, or nothing when it never ran here."""
    file = LOCAL / "services.json"
    return str(json.loads(file.read_text()).get(name, "")) if file.exists() else ""


def database(url: str) -> dict[str, object]:
    """Django's dictionary for a postgresql:// address. Raises ImproperlyConfigured for any other database."""
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ImproperlyConfigured("DATABASE_URL must begin with postgresql:// - no other database will do.")
    query = dict(pair.split("=", 1) for pair in parts.query.split("&") if "=" in pair)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/") or "portal",
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(query.pop("host", "")) or parts.hostname or "",
        "PORT": str(parts.port or ""),
        "OPTIONS": query,
    }
