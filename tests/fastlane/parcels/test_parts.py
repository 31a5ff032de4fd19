"""A file decided part by part comes out as the whole one does, wherever it is cut."""

from __future__ import annotations

import random
import re
from collections import Counter

import polars as pl
import pytest

from fastlane.rules.bulk import decide_file
from fastlane.rules.bulk_cells import FileRefused
from fastlane.rules.bulk_parts import decide_part, join, look
from tests.fastlane.rules.documents import PACKAGED
from tests.fastlane.rules.random_facts import parcel
from tests.fastlane.rules.test_bulk import GOOD, NAMES, bad_rows, text, write_csv, write_parquet


def awkward(path):
    """Lines of every length and ending, quoted line breaks, a byte order mark, bytes that are no text."""
    good = ",".join(text(GOOD[name]) for name in NAMES)
    lines = [",".join([*NAMES, "parcel"]), f"{good},A", "short", f'{good},"two\nlines"', "", f"{good},B", '"a"b,c']
    lines += [f"{good},C", f"{good},\udcff", f'"{good}', f"{good},D", f'"x"{good},', f"{good},Z€", f"{good},E"]
    ends = ["\n", "\r\n", "\r"]
    whole = "".join(line + ends[n % 3] for n, line in enumerate(lines))
    path.write_bytes("\ufeff".encode() + whole.encode("utf-8", "surrogateescape"))
    return path


def by_parts(source, folder, size):
    parts, place, rows = [], None, 0
    whole = look(source, PACKAGED, 1_000)
    while rows < whole or not parts:
        target, bad = folder / f"p{len(parts)}{source.suffix}", folder / f"b{len(parts)}.csv"
        part = decide_part(source, PACKAGED, place, size, target=target, bad_rows=bad)
        parts.append((part, target, bad))
        place, rows = part.after, rows + part.rows
        assert part.rows == size or rows == whole
    join([target for _part, target, _bad in parts], folder / f"joined{source.suffix}")
    join([bad for _part, _target, bad in parts], folder / "joined.bad-rows.csv")
    return [part for part, _target, _bad in parts]


@pytest.mark.parametrize("size", [1, 2, 3, 5, 100])
def test_an_awkward_file_comes_out_the_same_wherever_it_is_cut(tmp_path, size):
    source = awkward(tmp_path / "in.csv")
    tally = decide_file(source, tmp_path / "out.csv", PACKAGED)
    by_parts(source, tmp_path, size)
    assert (tmp_path / "joined.csv").read_bytes() == (tmp_path / "out.csv").read_bytes()
    assert (tmp_path / "joined.bad-rows.csv").read_bytes() == tally.bad_rows.read_bytes()
    assert pl.read_csv(tmp_path / "out.csv")["parcel"].to_list() == ["A", "B", "C", "E"]
    assert len(bad_rows(tally)) == tally.bad > 3


@pytest.mark.parametrize("write", [write_csv, write_parquet])
def test_parts_count_what_the_whole_counts(tmp_path, write):
    chance = random.Random(5)
    kind = "csv" if write is write_csv else "parquet"
    source = write(tmp_path / f"in.{kind}", [parcel(chance) for _ in range(3_000)])
    tally = decide_file(source, tmp_path / f"out.{kind}", PACKAGED)
    parts = by_parts(source, tmp_path, 700)
    read = pl.read_parquet if kind == "parquet" else pl.read_csv
    decided = read(tmp_path / f"out.{kind}")
    assert read(tmp_path / f"joined.{kind}").equals(decided)
    assert {name: sum(part.outcomes.get(name, 0) for part in parts) for name in tally.outcomes} == tally.outcomes
    told = Counter[tuple[str, str]]()
    for part in parts:
        told.update({(reason.text, reason.outcome): reason.count for reason in part.reasons})
    texts = decided["reasons"].fill_null("").to_list()
    for (sentence, outcome), count in told.items():
        fact = sentence.removeprefix("Not given: ").removesuffix(". Add it and ask again.")
        asked = f"Not given: [^|]*{re.escape(fact)}[,.]" if outcome == "incomplete" else re.escape(sentence)
        assert count == sum(bool(re.search(asked, said)) for said in texts), sentence
    assert {outcome for _text, outcome in told} == {"ineligible", "incomplete"}


def test_a_fact_that_several_rules_miss_is_told_once_a_row(tmp_path):
    source = write_csv(tmp_path / "in.csv", [GOOD | {"arrival_date": None}, GOOD | {"hts_code": None}, GOOD])
    (part,) = by_parts(source, tmp_path, 10)
    told = {reason.text: (reason.count, len(reason.codes) > 1) for reason in part.reasons}
    assert told == {
        "Not given: the date of arrival. Add it and ask again.": (1, True),
        "Not given: the tariff number. Add it and ask again.": (1, False),
    }


def test_a_heading_alone_is_no_row(tmp_path):
    assert look(write_csv(tmp_path / "in.csv", []), PACKAGED, 10) == 0
    assert look(write_parquet(tmp_path / "in.parquet", []), PACKAGED, 10) == 0


def test_a_file_that_unpacks_to_far_more_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("fastlane.rules.bulk_parts.MOST_IN_MEMORY", 1_000)
    with pytest.raises(FileRefused, match="unpacks"):
        look(write_parquet(tmp_path / "in.parquet", [GOOD] * 100), PACKAGED, 100)
