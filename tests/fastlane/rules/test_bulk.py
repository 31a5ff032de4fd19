"""Whole files: the column rules say what the plain ones say, bad rows are told by line, and nothing is guessed."""

from __future__ import annotations

import csv
import json
import random
from collections.abc import Iterable
from dataclasses import replace
from io import StringIO
from pathlib import Path
from time import process_time
from typing import Any

import polars as pl
import pytest
from django.core.management import CommandError, call_command

from fastlane.rules import LANES, RuleSet, evaluate, paths
from fastlane.rules import bulk_parcels as parcels_module
from fastlane.rules.bulk import FileRefused, Tally, decide_file
from fastlane.rules.column_evaluation import BETWEEN_CODES, BETWEEN_REASONS
from tests.fastlane.rules.documents import PACKAGED
from tests.fastlane.rules.random_facts import aqua, parcel

LOW_VALUE = LANES["low_value"]
NAMES = list(paths(LOW_VALUE.facts))
TYPES = {"boolean": pl.Boolean, "number": pl.Float64}


def text(value: object) -> str:
    """A fact as a cell of a CSV file."""
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def write_csv(path: Path, rows: Iterable[dict[str, Any]], names: list[str] = NAMES) -> Path:
    with path.open("w", newline="") as out:
        lines = csv.writer(out)
        lines.writerow(names)
        lines.writerows([text(row.get(name)) for name in names] for row in rows)
    return path


def write_parquet(path: Path, rows: list[dict[str, Any]]) -> Path:
    schema = {}
    for name, fact in paths(LOW_VALUE.facts).items():
        of = fact.kind.schema
        schema[name] = TYPES.get(of["type"], pl.String)
    frame = pl.DataFrame([{name: row.get(name) for name in NAMES} for row in rows], schema=schema, strict=False)
    frame.with_columns(pl.col("arrival_date", "filed_on").str.to_date()).write_parquet(path)
    return path


def plainly(rows: Iterable[dict[str, Any]], lane: Any = LOW_VALUE) -> list[tuple[str, str, str]]:
    """Outcome, codes and reasons of each row by the plain rules."""
    told = []
    for row in rows:
        decision = evaluate(lane, lane.parse(row), PACKAGED.reference, rule_set="v")
        reasons = BETWEEN_REASONS.join(fired.reason for fired in decision.rules)
        told.append((decision.outcome.value, BETWEEN_CODES.join(decision.codes), reasons))
    return told


def read_back(path: Path) -> list[tuple[str, str, str]]:
    frame = pl.read_csv(path, infer_schema=False) if path.suffix == ".csv" else pl.read_parquet(path)
    return list(frame.select(pl.col("outcome", "rules", "reasons").fill_null("")).iter_rows())


def bad_rows(tally: Tally) -> list[tuple[int, str]]:
    with tally.bad_rows.open(newline="") as lines:
        return [(int(row["line"]), row["problem"]) for row in csv.DictReader(lines)]


@pytest.fixture(scope="module")
def ten_thousand() -> list[dict[str, Any]]:
    chance = random.Random(321)
    return [parcel(chance) for _ in range(10_000)]


@pytest.mark.parametrize("target", ["out.csv", "out.parquet"])
@pytest.mark.parametrize("write", [write_csv, write_parquet])
def test_ten_thousand_parcels_come_out_the_same_in_columns_and_one_by_one(tmp_path, ten_thousand, write, target):
    source = write(tmp_path / ("in.csv" if write is write_csv else "in.parquet"), ten_thousand)
    tally = decide_file(source, tmp_path / target, PACKAGED)
    plain = plainly(ten_thousand)
    assert read_back(tmp_path / target) == plain
    assert (tally.decided, tally.bad) == (10_000, 0)
    assert {outcome for outcome, _, _ in plain} == set(tally.outcomes) == {"eligible", "ineligible", "incomplete"}
    fired = {code for _, codes, _ in plain for code in codes.split()}
    assert fired == {rule.code for rule in LOW_VALUE.rules}


@pytest.mark.parametrize("code", [rule.code for rule in LOW_VALUE.rules])
def test_a_plain_rule_that_changes_alone_is_noticed(tmp_path, ten_thousand, code):
    def turned(rule: Any) -> Any:
        return replace(rule, fires=lambda *values: not rule.fires(*values)) if rule.code == code else rule

    other = replace(LOW_VALUE, rules=tuple(map(turned, LOW_VALUE.rules)))
    rows = ten_thousand[:500]
    decide_file(write_csv(tmp_path / "in.csv", rows), tmp_path / "out.csv", PACKAGED)
    in_columns = [codes for _, codes, _ in read_back(tmp_path / "out.csv")]
    decisions = (evaluate(other, other.parse(row), PACKAGED.reference, rule_set="v") for row in rows)
    assert in_columns != [BETWEEN_CODES.join(decision.codes) for decision in decisions]


def test_columns_follow_data_that_change(tmp_path, ten_thousand):
    rows = PACKAGED.reference.rows()
    rows["law"] = [
        row | {"amount": "50"}
        if row["code"] == "S3-01"
        else row | {"to": "2026-01-01"}
        if row["code"] == "S3-05"
        else row
        for row in rows["law"]
    ]
    other = RuleSet("other", type(PACKAGED.reference).of(rows))
    decide_file(write_csv(tmp_path / "in.csv", ten_thousand[:3_000]), tmp_path / "out.csv", other)
    plain = [
        evaluate(LOW_VALUE, LOW_VALUE.parse(row), other.reference, rule_set="v").codes for row in ten_thousand[:3_000]
    ]
    assert [tuple(codes.split()) for _, codes, _ in read_back(tmp_path / "out.csv")] == plain


GOOD = LOW_VALUE.example()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("arrival_date", "2025-02-29"), ("arrival_date", "20.08.2025"), ("arrival_date", "1899-01-01"),
        ("arrival_date", "2025-8-20"), ("split_order", "yes"), ("split_order", "1"), ("goods", "General"),
        ("day_total_usd", "NaN"), ("day_total_usd", "inf"), ("day_total_usd", "-1"), ("day_total_usd", "64,50"),
        ("day_total_usd", "1e2"), ("day_total_usd", "$64"), ("day_total_usd", "9999999999"), ("day_total_usd", " 64"),
        ("day_total_usd", "٦٤"), ("hts_code", "6109.10.00"), ("hts_code", "12345678901"), ("filer", "Owner"),
        ("parcel", "=cmd()"), ("parcel", "x" * 61),
    ],
)  # fmt: skip
def test_a_bad_cell_is_told_by_line_and_left_out(tmp_path, name, value):
    rows = [GOOD, GOOD | {name: value}, GOOD]
    source = write_csv(tmp_path / "in.csv", rows, [*NAMES, "parcel"])
    tally = decide_file(source, tmp_path / "out.csv", PACKAGED)
    ((line, problem),) = bad_rows(tally)
    assert line == 3
    assert problem.startswith(f"{name}: Give ")
    assert (tally.decided, tally.bad, len(read_back(tmp_path / "out.csv"))) == (2, 1, 2)
    assert pl.read_csv(tmp_path / "out.csv")["line"].to_list() == [2, 4]


def test_rows_that_are_no_rows_are_told_by_line_and_the_rest_is_decided(tmp_path):
    good = ",".join(text(GOOD[name]) for name in NAMES)
    lines = [
        ",".join(NAMES),
        good,
        "short,row",
        good,
        f"{good},long",
        "",
        '"a"b,c',
        good,
        good.replace("broker", "\udcff"),
    ]
    source = tmp_path / "in.csv"
    source.write_bytes("\ufeff".encode() + "\r\n".join(lines).encode("utf-8", "surrogateescape"))
    tally = decide_file(source, tmp_path / "out.csv", PACKAGED)
    assert [line for line, _ in bad_rows(tally)] == [3, 5, 7, 9]
    assert pl.read_csv(tmp_path / "out.csv")["line"].to_list() == [2, 4, 8]


def test_an_open_quote_tells_all_the_lines_that_it_swallows(tmp_path):
    good = ",".join(text(GOOD[name]) for name in NAMES)
    source = tmp_path / "in.csv"
    source.write_text("\n".join([",".join(NAMES), good, f'"{good}', good, f'"x"{good}', good]))
    tally = decide_file(source, tmp_path / "out.csv", PACKAGED)
    ((line, problem),) = bad_rows(tally)
    assert line == 3
    assert "lines 3 to 5" in problem
    assert pl.read_csv(tmp_path / "out.csv")["line"].to_list() == [2, 6]


def test_missing_columns_are_missing_facts(tmp_path):
    source = write_csv(tmp_path / "in.csv", [GOOD], ["arrival_date"])
    assert decide_file(source, tmp_path / "out.csv", PACKAGED).outcomes == {"incomplete": 1}


@pytest.mark.parametrize(
    ("names", "told"),
    [
        (["arrival_date", "colour"], "colour"),
        (["goods", "goods"], "twice"),
        (["line"], "line"),
        (["outcome"], "outcome"),
    ],
)
def test_a_heading_that_could_be_misread_refuses_the_file(tmp_path, names, told):
    with pytest.raises(FileRefused, match=told):
        decide_file(write_csv(tmp_path / "in.csv", [GOOD], names), tmp_path / "out.csv", PACKAGED)
    assert not (tmp_path / "out.csv").exists()


def test_a_parquet_column_of_a_wrong_type_refuses_the_file(tmp_path):
    pl.DataFrame({"split_order": [1, 0]}).write_parquet(tmp_path / "in.parquet")
    with pytest.raises(FileRefused, match="split_order"):
        decide_file(tmp_path / "in.parquet", tmp_path / "out.parquet", PACKAGED)


def test_a_number_that_is_none_is_bad_in_parquet_too(tmp_path):
    pl.DataFrame({"day_total_usd": [float("nan"), float("inf"), -1.0, 64.0, None]}).write_parquet(
        tmp_path / "in.parquet"
    )
    tally = decide_file(tmp_path / "in.parquet", tmp_path / "out.parquet", PACKAGED)
    assert [line for line, _ in bad_rows(tally)] == [2, 3, 4]
    assert tally.decided == 2


@pytest.mark.parametrize("content", [b"", b"PAR1 not really"])
@pytest.mark.parametrize("name", ["in.parquet", "in.csv", "in.txt"])
def test_a_file_that_is_none_is_refused(tmp_path, name, content):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(FileRefused):
        decide_file(tmp_path / name, tmp_path / "out.csv", PACKAGED)
    assert not (tmp_path / "out.csv").exists()


def test_a_file_is_not_decided_into_itself(tmp_path):
    source = write_csv(tmp_path / "in.csv", [GOOD])
    with pytest.raises(FileRefused, match="other than the input"):
        decide_file(source, tmp_path / "in.csv", PACKAGED)


def test_a_heading_alone_gives_a_file_without_rows(tmp_path):
    for target in ("out.csv", "out.parquet"):
        assert decide_file(write_csv(tmp_path / "in.csv", []), tmp_path / target, PACKAGED).decided == 0
        assert read_back(tmp_path / target) == []


def test_blocks_follow_each_other_and_progress_is_told(tmp_path, ten_thousand, monkeypatch):
    monkeypatch.setattr("fastlane.rules.bulk_files.BLOCK", 3_000)
    heard: list[int] = []
    source = write_csv(tmp_path / "in.csv", ten_thousand)
    decide_file(source, tmp_path / "out.parquet", PACKAGED, progress=lambda tally: heard.append(tally.decided))
    assert heard == [3_000, 6_000, 9_000, 10_000]
    assert read_back(tmp_path / "out.parquet") == plainly(ten_thousand)
    assert not list(tmp_path.glob(".deciding-*"))


def test_port_calls_come_out_as_the_plain_rules_say_and_bad_lines_are_told(tmp_path):
    chance = random.Random(6)
    documents = [aqua(chance) for _ in range(300)]
    lines = [json.dumps(document) for document in documents]
    lines[10] = "{"
    lines[20] = '{"stowaways": 1, "stowaways": 0}'
    lines[30] = "[" * 5_000
    lines[40] = json.dumps(documents[40] | {"surprise": 1})
    lines[50] = ""
    source = tmp_path / "calls.jsonl"
    source.write_text("\n".join(lines))
    tally = decide_file(source, tmp_path / "out.jsonl", PACKAGED)
    assert [line for line, _ in bad_rows(tally)] == [11, 21, 31, 41]
    answers = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    good = [n for n in range(300) if n not in {10, 20, 30, 40, 50}]
    assert [answer["line"] for answer in answers] == [n + 1 for n in good]
    plain = plainly([documents[n] for n in good], LANES["aqua"])
    told = [
        (
            a["outcome"],
            BETWEEN_CODES.join(r["code"] for r in a["rules"]),
            BETWEEN_REASONS.join(r["reason"] for r in a["rules"]),
        )
        for a in answers
    ]
    assert told == plain


@pytest.mark.django_db
def test_the_command_prints_counts_and_where_the_bad_rows_are(tmp_path):
    source = write_csv(tmp_path / "in.csv", [GOOD, GOOD | {"split_order": "yes"}])
    said = StringIO()
    call_command("decide_low_value", str(source), "--out", str(tmp_path / "out.csv"), stdout=said)
    assert "1 rows decided" in said.getvalue()
    assert "eligible: 1" in said.getvalue()
    assert f"Rule set: {PACKAGED.version}, in force on " in said.getvalue()
    assert "1 bad rows were left out" in said.getvalue()
    assert str(tmp_path / "out.bad-rows.csv") in said.getvalue()


@pytest.mark.django_db
def test_the_command_refuses_a_file_that_is_not_there(tmp_path):
    with pytest.raises(CommandError):
        call_command("decide_low_value", str(tmp_path / "none.csv"), "--out", str(tmp_path / "out.csv"))


def test_every_rule_has_its_column_form():
    assert set(parcels_module.COLUMN_RULES) == {rule.code for rule in LOW_VALUE.rules}


@pytest.mark.full
def test_a_million_parcels_are_decided_in_twenty_seconds_of_one_core(tmp_path, ten_thousand):
    source = write_csv(tmp_path / "in.csv", ten_thousand * 100)
    start = process_time()
    tally = decide_file(source, tmp_path / "out.csv", PACKAGED)
    assert process_time() - start <= 20
    assert tally.decided == 1_000_000


@pytest.mark.full
def test_a_hundred_thousand_port_calls_are_decided_in_twenty_seconds_of_one_core(tmp_path):
    chance = random.Random(7)
    lines = [json.dumps(aqua(chance)) for _ in range(5_000)]
    source = tmp_path / "calls.jsonl"
    source.write_text("\n".join(lines * 20))
    start = process_time()
    tally = decide_file(source, tmp_path / "out.jsonl", PACKAGED)
    assert process_time() - start <= 20
    assert tally.decided == 100_000
