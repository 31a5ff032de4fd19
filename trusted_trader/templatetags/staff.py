"""Template words of the staff pages."""

from __future__ import annotations

import secrets
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from accounts import once

register = template.Library()


@register.simple_tag
def once_field() -> SafeString:
    """The key by which a form that is sent twice counts once; each form needs its own."""
    return format_html('<input type="hidden" name="{}" value="{}">', once.FIELD, secrets.token_urlsafe(12))


@register.filter
def lookup(mapping: Any, key: Any) -> Any:
    """The value under a key, or nothing."""
    return mapping.get(key, "") if mapping else ""
