"""An importer with its people, files of parcels, and a worker that does their steps."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client
from django.utils import timezone

from accounts import effects
from accounts import operations as who
from accounts.effects.models import Effect
from accounts.models import Account, Membership, User
from accounts.roles import Role
from fastlane.parcels import deciding, operations, store
from fastlane.parcels.deciding import STEP, TIDY
from fastlane.parcels.models import ParcelFile
from tests import builders
from tests.fastlane.rules.random_facts import parcel
from tests.fastlane.rules.test_bulk import GOOD, write_csv, write_parquet
from tests.trusted_trader.review.conftest import sign_in


@dataclass
class Sender:
    officer: User
    account: Account
    folder: Path
    ways: dict[str, Callable[..., Path]] = field(default_factory=lambda: {"csv": write_csv, "parquet": write_parquet})

    @property
    def base(self) -> str:
        return f"/accounts/{self.account.number}/parcels/"

    def page(self, row: ParcelFile) -> str:
        return f"{self.base}{row.pk}/"

    def client(self) -> Client:
        return sign_in(self.officer)

    def colleague(self, role: Role) -> Client:
        user = builders.a_user(f"Cole {role.replace('_', ' ').title()}")
        Membership.objects.create(company=self.account.company, user=user, role=role, started_at=builders.NOW)
        return sign_in(user)

    def made(self, count: int, kind: str = "csv", *, bad: int = 0) -> Path:
        """A file of random parcels, of which every so manieth is bad."""
        chance = random.Random(count)
        rows = [parcel(chance) for _ in range(count)]
        for number in range(0, count, count // bad if bad else count + 1):
            rows[number] = GOOD | {"day_total_usd": -1.0}
        return self.ways[kind](self.folder / f"parcels.{kind}", rows)

    def bring(self, content: Path | bytes | str, name: str = "parcels.csv") -> ParcelFile:
        """Upload a file, as its page does."""
        if isinstance(content, Path):
            name, content = content.name, content.read_bytes()
        return operations.upload(
            account=self.account,
            name=name,
            file=ContentFile(content.encode() if isinstance(content, str) else content),
            actor=self.officer,
            at=timezone.now(),
        )

    def step(self, row: ParcelFile, times: int = 1) -> ParcelFile:
        """Do so many steps of a file."""
        for _ in range(times):
            assert effects.run(Effect.objects.get(kind=STEP, subject=f"parcels:{row.pk}", done_at=None).pk)
        row.refresh_from_db()
        return row

    def work(self, row: ParcelFile) -> ParcelFile:
        """Do everything that is due of a file, as a worker would."""
        due = Effect.objects.filter(kind__in=(STEP, TIDY), subject=f"parcels:{row.pk}", done_at=None)
        while waiting := list(due.filter(not_before__lte=timezone.now()).values_list("pk", flat=True)):
            for pk in waiting:
                assert effects.run(pk), Effect.objects.get(pk=pk).last_error
        row.refresh_from_db()
        return row

    def kept(self, row: ParcelFile) -> list[str]:
        """The names of everything that is stored of a file, and of what lies at the workplace."""
        stored = f"parcels/{row.company_id}/{row.key}"
        names = default_storage.listdir(stored)[1] if default_storage.exists(stored) else []
        folder = store.workplace(row)
        names += [path.name for path in folder.iterdir()]
        folder.rmdir() if not list(folder.iterdir()) else None
        return sorted(names)


def a_sender(folder: Path, name: str = "Paula Parcel", entity_type: str = "importer") -> Sender:
    officer = builders.a_user(name)
    company = builders.a_company(officer)
    account = who.open_account(company=company, entity_type=entity_type, actor=officer, at=builders.NOW)
    return Sender(officer, account, folder)


@pytest.fixture
def files(settings: Any, tmp_path: Path) -> Path:
    settings.QUARANTINE_DIR = str(tmp_path / "quarantine")
    return tmp_path


@pytest.fixture
def sender(db: None, files: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sender]:
    monkeypatch.setattr(deciding, "FEWEST", 5_000)  # so that a file of 12,000 rows has three parts
    with builders.system():
        yield a_sender(files)
