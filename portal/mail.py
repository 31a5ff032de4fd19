"""Development's post: every message becomes a file that a mail reader, or the page of local mail, can open."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone


class FolderBackend(BaseEmailBackend):
    """Writes each message as `<time>-<hash of the message id>.eml` into settings.MAIL_DIR."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        folder = Path(settings.MAIL_DIR)
        folder.mkdir(parents=True, exist_ok=True)
        sent = 0
        for message in email_messages:
            if not message.recipients():
                continue
            mime = message.message()
            mark = hashlib.sha256(str(mime["Message-ID"]).encode()).hexdigest()[:12]
            path = folder / f"{timezone.now():%Y%m%dT%H%M%S.%fZ}-{mark}.eml"
            # In one step: a reader of the folder never sees half a message.
            draft = path.with_suffix(".part")
            draft.write_bytes(mime.as_bytes())
            draft.replace(path)
            sent += 1
        return sent
