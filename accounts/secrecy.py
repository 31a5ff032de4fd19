"""Encrypt what is sensitive, and make keyed hashes of what must still be found or compared.

A person's values lie under that person's own key, itself wrapped by the portal's key: erasing the person's key
erases the person everywhere, the event chain included, and the chain still verifies.
"""

from __future__ import annotations

import base64
import hashlib
import hmac

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


class Unreadable(Exception):
    """The value can't be opened: its key was erased or belongs to another portal."""


def _fernet(secret: str) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(hashlib.sha256(secret.encode()).digest()))


def _portal_keys() -> MultiFernet:
    return MultiFernet([_fernet(secret) for secret in settings.FIELD_KEYS])


def seal(value: str) -> str:
    """Encrypt under the portal's newest key."""
    return _portal_keys().encrypt(value.encode()).decode()


def unseal(sealed: str) -> str:
    """Decrypt with any of the portal's keys. Raises Unreadable."""
    try:
        return _portal_keys().decrypt(sealed.encode()).decode()
    except InvalidToken as error:
        raise Unreadable from error


def rewrap(sealed: str) -> str:
    """Encrypt again under the newest key (key rotation)."""
    return _portal_keys().rotate(sealed.encode()).decode()


def new_person_key() -> str:
    """A fresh key for one person, wrapped by the portal's key."""
    return seal(Fernet.generate_key().decode())


def seal_for(wrapped_key: str, value: str) -> str:
    return Fernet(unseal(wrapped_key).encode()).encrypt(value.encode()).decode()


def unseal_for(wrapped_key: str, sealed: str) -> str:
    """Decrypt a person's value. Raises Unreadable when the person was erased (an empty key)."""
    if not wrapped_key:
        raise Unreadable
    try:
        return Fernet(unseal(wrapped_key).encode()).decrypt(sealed.encode()).decode()
    except InvalidToken as error:
        raise Unreadable from error


def lookup(kind: str, value: str) -> str:
    """A keyed hash by which an equal value of the same kind is found again; it tells nothing without the key."""
    return hmac.new(settings.LOOKUP_KEY.encode(), f"{kind}\0{value}".encode(), hashlib.sha256).hexdigest()


def masked(value: str) -> str:
    """The last characters of a sensitive value, enough to recognise one's own."""
    return "•" * max(len(value) - 4, 2) + value[-4:] if len(value) > 6 else "•" * len(value)
