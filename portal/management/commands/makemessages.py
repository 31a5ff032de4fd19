"""Django's makemessages, which also finds the sentences of our data files."""

from __future__ import annotations

from typing import Any

from django.core.management.commands import makemessages

from portal import sentences

BESIDE = sentences.ROOT / "portal" / "sentences_of_data_files.py"


class Command(makemessages.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        BESIDE.write_text(sentences.as_code(), encoding="utf-8")
        try:
            super().handle(*args, **options)
        finally:
            BESIDE.unlink()
