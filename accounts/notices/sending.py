"""Send a notice by e-mail. A repeat carries the same message id, so that a mail system can drop it."""

from __future__ import annotations

from email.utils import parseaddr

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils import timezone

from accounts import effects
from accounts.effects.models import Effect
from accounts.notices import MAIL
from accounts.notices.models import Notice


@effects.handler(MAIL)
def mail(effect: Effect) -> str:
    notice = Notice.objects.select_related("user").get(pk=effect.payload["notice"])
    if notice.mailed_at:
        return "already sent"
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].partition("@")[2]
    message_id = f"<notice-{notice.pk}@{domain}>"
    lines = [notice.body]
    if notice.link:
        lines.append(f"{settings.PUBLIC_URL}{notice.link}")
    message = EmailMessage(
        subject=notice.subject,
        body="\n\n".join(lines),
        to=[notice.user.email],
        headers={"Message-ID": message_id, "Auto-Submitted": "auto-generated"},
    )
    message.send()
    Notice.objects.filter(pk=notice.pk).update(mailed_at=timezone.now())
    return message_id
