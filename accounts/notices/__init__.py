"""The one way to tell someone something: a row in the inbox, and the same words by e-mail."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from accounts import effects, tenancy
from accounts.notices.models import Notice

if TYPE_CHECKING:
    from accounts.models import Company, User

MAIL = "notice.mail"


def tell(
    users: Iterable[User],
    *,
    kind: str,
    subject: str,
    body: str,
    at: datetime,
    company: Company | None = None,
    link: str = "",
    attachment: str = "",
) -> list[Notice]:
    """Tell each user, in the inbox now and by e-mail after the commit."""
    told = []
    with tenancy.enter(tenancy.Scope.SYSTEM):  # a notice is its reader's alone: who tells it may not see it
        for user in users:
            notice = Notice.objects.create(
                user=user,
                company=company,
                kind=kind,
                subject=subject,
                body=body,
                link=link,
                created_at=at,
                attachment=attachment,
            )
            effects.add(MAIL, f"notice:{notice.pk}", 1, at=at, payload={"notice": notice.pk})
            told.append(notice)
    return told
