"""The worker's way through a file: as the command decides it, step by step, stopped, cut off, refused, removed."""

from __future__ import annotations

from datetime import timedelta

import polars as pl
import pytest
import time_machine
from django.core.files.storage import default_storage
from django.db import DatabaseError, transaction
from django.utils import timezone

from accounts import effects
from accounts.effects.models import Effect
from accounts.models import Event
from accounts.refusals import Refused
from fastlane.parcels import deciding, isolated, operations, store
from fastlane.parcels.deciding import NO_ROWS, NOT_READ, STEP
from fastlane.parcels.isolated import ChildFailed
from fastlane.parcels.life import KEPT
from fastlane.parcels.models import ParcelFile
from fastlane.rulebook import queries as rulebook
from fastlane.rules.bulk import decide_file
from tests.fastlane.lanes import harbor
from tests.fastlane.parcels.conftest import Sender
from tests.fastlane.rules.documents import PACKAGED
from tests.fastlane.rules.test_bulk import GOOD, NAMES, write_csv


def stored(row: ParcelFile, name: str) -> bytes:
    with default_storage.open(store.name_of(row, name)) as kept:
        return kept.read()


def steps_of(row: ParcelFile) -> list[Effect]:
    return list(Effect.objects.filter(kind=STEP, subject=f"parcels:{row.pk}").order_by("pk"))


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_a_file_is_decided_as_the_command_decides_it(sender: Sender, kind: str) -> None:
    source = sender.made(12_000, kind, bad=150)
    tally = decide_file(source, sender.folder / f"out.{kind}", PACKAGED)
    row = sender.work(sender.bring(source))
    assert (row.status, row.rows_total, row.rows_done, row.parts) == ("done", 12_000, 12_000, 3)
    assert row.outcomes == tally.outcomes
    assert row.bad == tally.bad == 150
    assert row.first_bad[0] == [2, "day_total_usd: Give an amount from 0 to 1000000000, such as 64.50."]
    assert len(row.first_bad) == 100
    assert stored(row, store.BAD_ROWS) == tally.bad_rows.read_bytes()
    if kind == "csv":
        assert stored(row, store.result_of(row)) == (sender.folder / "out.csv").read_bytes()
    else:
        decided = pl.read_parquet(stored(row, store.result_of(row)))
        assert decided.equals(pl.read_parquet(sender.folder / "out.parquet"))
    read = pl.read_csv if kind == "csv" else pl.read_parquet
    said = read(sender.folder / f"out.{kind}")["reasons"].fill_null("")
    ended = next(reason for reason in row.reasons if reason[1].startswith("Free entry of low-value goods has ended"))
    assert ended == [["S3-05"], ended[1], "ineligible", said.str.contains(ended[1], literal=True).sum()]
    assert [reason[3] for reason in row.reasons] == sorted((reason[3] for reason in row.reasons), reverse=True)
    assert sender.kept(row) == sorted([store.BAD_ROWS, store.result_of(row)])  # the upload and the parts are gone


def test_every_step_tells_how_far_it_is_and_events_say_who_and_what(sender: Sender) -> None:
    row = sender.bring(sender.made(12_000))
    assert (row.status, row.rows_total) == ("waiting", None)
    assert (sender.step(row).status, row.rows_total, row.rows_done) == ("running", 12_000, 0)
    assert [sender.step(row).rows_done for _ in range(3)] == [5_000, 10_000, 12_000]
    assert sender.step(row).status == "done"
    told = Event.objects.filter(object_type="fastlane_parcelfile", object_id=str(row.pk)).order_by("sequence")
    assert [(event.operation, event.actor_kind) for event in told] == [
        ("parcels.upload", "user"), ("parcels.begin", "system"), ("parcels.finish", "system"),
    ]  # fmt: skip
    assert told[0].on_behalf_of == sender.account.company_id
    assert told[1].changes["sha256"]["new"] == row.sha256
    assert told[2].changes["ineligible"]["new"] == row.outcomes["ineligible"]


def test_a_step_that_is_cut_off_is_done_again_and_nothing_is_doubled(
    sender: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = sender.made(12_000, bad=30)
    tally = decide_file(source, sender.folder / "out.csv", PACKAGED)
    row = sender.step(sender.bring(source), 2)
    keep = store.keep

    def cut_off(*arguments: object) -> None:
        keep(*arguments)  # type: ignore[arg-type]
        raise SystemError("the worker is killed before it commits")

    monkeypatch.setattr(store, "keep", cut_off)
    waiting = steps_of(row)[-1]
    assert not effects.run(waiting.pk)
    monkeypatch.undo()
    row.refresh_from_db()
    assert (row.rows_done, row.parts) == (5_000, 1)
    Effect.objects.filter(pk=waiting.pk).update(not_before=timezone.now())
    row = sender.work(row)
    assert (row.outcomes, row.bad) == (tally.outcomes, 30)
    assert stored(row, store.result_of(row)) == (sender.folder / "out.csv").read_bytes()
    assert stored(row, store.BAD_ROWS) == tally.bad_rows.read_bytes()


def test_a_step_whose_message_comes_twice_is_done_once(sender: Sender) -> None:
    row = sender.step(sender.bring(sender.made(12_000)), 2)
    done = steps_of(row)[1]
    assert not effects.run(done.pk)
    assert deciding.step(done) == "over"  # and if its mark were lost, the row itself would say so
    row.refresh_from_db()
    assert row.rows_done == 5_000
    assert len(steps_of(row)) == 3


def test_a_stop_throws_away_what_was_done_and_later_steps_do_nothing(sender: Sender) -> None:
    row = sender.step(sender.bring(sender.made(12_000)), 3)
    stopped = operations.cancel(file=row, actor=sender.officer, at=timezone.now())
    assert stopped.status == "cancelled"
    row = sender.work(row)
    assert (row.status, row.rows_done) == ("cancelled", 10_000)
    assert steps_of(row)[-1].outcome == "over"
    assert sender.kept(row) == []
    with pytest.raises(Refused):
        operations.cancel(file=row, actor=sender.officer, at=timezone.now())


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("colour,goods\nred,general\n", "Unknown columns: colour"),
        ("goods,goods\na,b\n", "twice"),
        (",".join(NAMES) + "\n", NO_ROWS),
        ("\n", "Unknown columns|heading|no rows"),
    ],
)
def test_a_file_that_cannot_be_decided_says_why(sender: Sender, content: str, told: str) -> None:
    row = sender.work(sender.bring(content))
    assert row.status == "refused"
    assert any(part in row.refusal for part in told.split("|")), row.refusal
    assert sender.kept(row) == []


def test_a_damaged_parquet_file_is_refused(sender: Sender) -> None:
    whole = sender.made(200, "parquet").read_bytes()
    for content in (whole[:400], b"PAR1" + b"\x00" * 400 + b"PAR1", whole[:500] + b"\xff" * 300 + whole[800:]):
        row = sender.work(sender.bring(content, "parcels.parquet"))
        assert row.status in {"refused", "done"}
        assert row.status == "refused" or row.rows_done == 200
    row = sender.work(sender.bring(b"PAR1" + b"\x00" * 400 + b"PAR1", "parcels.parquet"))
    assert (row.status, row.refusal) == ("refused", "This is no Parquet file, or it is damaged.")


def test_more_than_the_rows_that_are_taken_is_refused(sender: Sender, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deciding, "MOST_ROWS", 99)
    assert "more than a million" in sender.work(sender.bring(sender.made(100))).refusal


def test_a_child_that_fails_is_asked_again_and_then_the_file_is_refused(
    sender: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dies(*_arguments: object, **_named: object) -> None:
        raise ChildFailed("out of memory")

    row = sender.step(sender.bring(sender.made(100)))
    monkeypatch.setattr(isolated, "decide", dies)
    effect = steps_of(row)[-1]
    for expected in (False, False, True):
        Effect.objects.filter(pk=effect.pk).update(not_before=timezone.now())
        assert effects.run(effect.pk) is expected
    row.refresh_from_db()
    assert (row.status, row.refusal) == ("refused", NOT_READ)


def test_the_child_is_bounded_and_knows_none_of_our_secrets(sender: Sender, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: dict[str, object] = {}
    run = isolated.subprocess.run

    def looked(*arguments: object, **named: object) -> object:
        seen.update(named)
        return run(*arguments, **named)  # type: ignore[call-overload]

    monkeypatch.setattr(isolated.subprocess, "run", looked)
    assert isolated.look(sender.made(100), PACKAGED, 50) == 100
    assert set(seen["env"]) == {"PYTHONPATH", "POLARS_MAX_THREADS", "PATH"}  # type: ignore[call-overload]
    monkeypatch.setattr(isolated, "WALL_SECONDS", 0.01)
    with pytest.raises(ChildFailed):
        isolated.look(sender.made(100), PACKAGED, 50)


def test_what_was_kept_is_removed_when_its_time_is_over_and_the_figures_stay(sender: Sender) -> None:
    row = sender.work(sender.bring(sender.made(100, bad=2)))
    assert row.kept_until == row.finished_at + KEPT
    with time_machine.travel(row.kept_until - timedelta(minutes=1)):
        assert sender.work(row).status == "done"
    assert len(sender.kept(row)) == 2
    with time_machine.travel(row.kept_until + timedelta(minutes=1)):
        row = sender.work(row)
    assert (row.status, row.rows_done, row.bad) == ("expired", 100, 2)
    assert sender.kept(row) == []


def test_the_rule_set_in_force_at_the_upload_decides(sender: Sender) -> None:
    people = harbor.build()
    source = write_csv(sender.folder / "parcels.csv", [GOOD])
    before = sender.bring(source)
    at = timezone.now()
    harbor.put_in_force(people, "Fifty dollars", [("law", "S3-01", {"amount": "50"})], at=at)
    after = sender.work(sender.bring(source))
    before = sender.work(before)
    assert after.rule_set == rulebook.in_force(at).version != before.rule_set
    assert after.rule_set.startswith("Fifty dollars+")
    assert (before.outcomes, after.outcomes) == ({"eligible": 1}, {"ineligible": 1})
    assert "$50" in after.reasons[0][1]
    assert after.rule_set.encode() in stored(after, store.result_of(after))


def test_where_the_rules_code_is_renewed_in_between_the_file_is_decided_anew(sender: Sender) -> None:
    source = sender.made(12_000, bad=10)
    tally = decide_file(source, sender.folder / "out.csv", PACKAGED)
    row = sender.step(sender.bring(source), 3)
    assert row.rows_done == 10_000
    ParcelFile.objects.filter(pk=row.pk).update(rule_set="what the code before was called")
    row = sender.work(row)
    assert (row.status, row.outcomes, row.bad) == ("done", tally.outcomes, 10)
    assert row.rule_set == rulebook.in_force(row.uploaded_at).version
    assert sender.kept(row) == sorted([store.BAD_ROWS, store.result_of(row)])


def test_three_files_at_once_are_enough(sender: Sender) -> None:
    for _ in range(3):
        sender.bring("goods\ngeneral\n")
    with pytest.raises(Refused, match="Three of your files"):
        sender.bring("goods\ngeneral\n")


def test_the_database_lets_no_status_change_without_its_event(sender: Sender) -> None:
    row = sender.bring("goods\ngeneral\n")
    with pytest.raises(DatabaseError, match="changes only with its event"), transaction.atomic():
        ParcelFile.objects.filter(pk=row.pk).update(status="done")
    row.pk, row.key, row.status = None, None, "done"
    with pytest.raises(DatabaseError), transaction.atomic():
        row.save(force_insert=True)
