"""Template words of the staff pages."""

from __future__ import annotations

from typing import Any

from django import template

register = template.Library()


@register.filter
def lookup(mapping: Any, key: Any) -> Any:
    """The value under a key, or nothing."""
    return mapping.get(key, "") if mapping else ""
