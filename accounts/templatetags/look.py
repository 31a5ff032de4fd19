"""Template tags that every page shares: the form's key, and moments with their zone."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta
from typing import Any

from django import template
from django.utils import formats, timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accounts.clocks import programme_day
from accounts.once import FIELD

register = template.Library()


@register.simple_tag
def once() -> SafeString:
    """The hidden key by which a form that was sent twice is known (see accounts.once)."""
    return format_html('<input type="hidden" name="{}" value="{}">', FIELD, secrets.token_urlsafe(18))


@register.simple_tag
def moment(value: datetime | None) -> SafeString:
    """A moment in New York time with its zone, and machine-readable in UTC."""
    if value is None:
        return SafeString("–")
    local = timezone.localtime(value)
    shown = formats.date_format(local, "M j, Y, g:i A")
    return format_html(
        '<time datetime="{}">{} {}</time>', value.astimezone(UTC).isoformat(timespec="seconds"), shown, local.tzname()
    )


@register.simple_tag
def last_day(due: datetime | None) -> SafeString:
    """The last day of a clock: it is due at midnight in New York at the end of this day."""
    if due is None:
        return SafeString("–")
    day = programme_day(due - timedelta(microseconds=1))
    shown = _("the end of %(day)s (New York)") % {"day": formats.date_format(day, "M j, Y")}
    return format_html('<time datetime="{}">{}</time>', due.astimezone(UTC).isoformat(timespec="seconds"), shown)


@register.simple_tag
def days_left(count: int | None) -> str:
    """Days to a due day in words."""
    if count is None:
        return ""
    if count < 0:
        return _("overdue by %(n)s days") % {"n": -count}
    if count == 0:
        return _("due today")
    return _("1 day left") if count == 1 else _("%(n)s days left") % {"n": count}


@register.simple_tag(takes_context=True)
def unread(context: dict[str, Any]) -> int:
    """How many notices the signed-in user has not opened."""
    user = context["request"].user
    return int(user.notices.filter(read_at=None).count()) if user.is_authenticated else 0


@register.filter
def of_kind(roles: Any, kind: str) -> bool:
    """Whether a set of roles holds this role."""
    return kind in {str(role) for role in roles}
