"""Template words of the lanes' pages."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from django import template
from django.utils import formats
from django.utils.html import format_html
from django.utils.safestring import SafeString

from fastlane.lanes import showing, zones

register = template.Library()


@register.simple_tag
def at_port(value: datetime | None, port: str = "") -> SafeString:
    """A moment by the port's clocks with their zone, and in UTC."""
    if value is None:
        return SafeString("–")
    local = zones.local(value, port)
    utc = value.astimezone(UTC)
    stamp = utc.isoformat(timespec="seconds")
    shown = formats.date_format(local, "M j, Y, g:i A")
    if zones.zone_of(port) == "UTC":
        return format_html('<time datetime="{}">{} UTC</time>', stamp, shown)
    return format_html(
        '<time datetime="{}">{} {} <span class="utc">({} UTC)</span></time>',
        stamp, shown, local.tzname(), formats.date_format(utc, "M j, H:i"),
    )  # fmt: skip


@register.simple_tag
def age(value: datetime | None, now: datetime) -> str:
    return showing.age_words(value, now)


@register.filter
def at_key(mapping: Mapping[str, Any] | None, key: str) -> Any:
    """The value under a key, or nothing."""
    return mapping.get(key, "") if mapping else ""
