"""The table of who may read which field (readers.toml), and the words that are planted in the fields to prove it."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import connection, models

from tests import racing, services

TABLE = Path(__file__).with_name("readers.toml")
TEXTS = (models.CharField, models.TextField, models.JSONField)
APPS = ("accounts", "trusted_trader", "fastlane")
LONG_ENOUGH = 20  # a stored value of so many characters is found again by itself
CANARY = re.compile(r"zq(\d{3})qz", re.IGNORECASE)
STORED_SHOWN = 3  # rows of a column whose stored values are looked for


@dataclass(frozen=True)
class Field:
    """A column that holds text, and the principals who may read it. `planted` is how it is found again."""

    name: str  # app.Model.field
    model: type[models.Model]
    column: models.Field[Any, Any]
    may_read: frozenset[str]
    planted: str  # "word", or "" where the stored value itself is looked for


@cache
def table() -> dict[str, Any]:
    return tomllib.loads(TABLE.read_text())


def principals(names: str) -> frozenset[str]:
    """Who stands behind names of groups, or of principals, with spaces between them."""
    groups = table()["groups"]
    found: set[str] = set()
    for name in names.split():
        found |= principals(" ".join(groups[name])) if name in groups else {name}
    return frozenset(found)


def columns() -> Iterator[tuple[str, type[models.Model], models.Field[Any, Any]]]:
    """Every field of every model of the portal that holds text; what frameworks keep are keys and words of their own."""
    for model in (model for app in APPS for model in apps.get_app_config(app).get_models()):
        for column in model._meta.concrete_fields:
            if isinstance(column, TEXTS) and not isinstance(column, ArrayField) and not column.choices:
                yield f"{model._meta.label}.{column.name}", model, column


def fields() -> list[Field]:
    """The fields of the table, without fixed words and keys of rows: a word planted there would break the row."""
    found = []
    for name, model, column in columns():
        rule = table()["fields"][model._meta.label]
        rule = {"": rule} if isinstance(rule, str) else rule
        if column.name in table()["words"] or column.name in rule.get("words", ()):
            continue
        stored = column.name in table()["stored"]
        who = principals(rule.get(column.name, "nobody" if stored else rule[""]))
        found.append(Field(name, model, column, who, "" if stored else "word"))
    return found


# --- Planting -------------------------------------------------------------------------------------------------


def plant() -> dict[str, Field]:
    """Plant a word of its own in each field of every row there is; gives what is found again, and whose it is."""
    found: dict[str, Field] = {}
    with services.as_owner():
        racing.run("set session_replication_role = replica")
        for number, field in enumerate(fields()):
            if field.planted:
                word = f"zq{number:03d}qz"
                if _write(field, word):
                    found[word] = field
            else:
                found |= dict.fromkeys(_stored(field), field)
        racing.run("set session_replication_role = default")
    return found


def _write(field: Field, word: str) -> int:
    """How many rows hold it now."""
    quoted, longest = f'"{field.column.column}"', field.column.max_length or 10**9
    key = f'"{field.model._meta.pk.column}"'
    rows = racing.run(f'select {key}, {quoted}::text from "{field.model._meta.db_table}"')
    written = 0
    with connection.cursor() as cursor:
        for pk, text in rows:
            new = _with(text, word, longest, email=isinstance(field.column, models.EmailField), column=field.column)
            if new is not None:
                cast = "::jsonb" if isinstance(field.column, models.JSONField) else ""
                cursor.execute(
                    f'update "{field.model._meta.db_table}" set {quoted} = %s{cast} where {key} = %s', [new, pk]
                )
                written += 1
    return written


def _with(text: str | None, word: str, longest: int, *, email: bool, column: Any) -> str | None:
    """The text with the word in it; of JSON each sentence gets it. None where it has no place."""
    if text is None or longest < len(word):
        return None
    if isinstance(column, models.JSONField) or text.startswith("{"):
        old = json.loads(text)
        new = _in_leaves(old, lambda leaf: f"{leaf} {word}" if " " in leaf.strip() else leaf)
        return None if new == old else json.dumps(new)
    if email:
        return f"{word}.{text}"[:longest] if text else None
    return f"{text[: longest - len(word) - 1]} {word}".strip()


def _in_leaves(value: Any, change: Callable[[str], str]) -> Any:
    if isinstance(value, dict):
        return {name: _in_leaves(leaf, change) for name, leaf in value.items()}
    if isinstance(value, list):
        return [_in_leaves(leaf, change) for leaf in value]
    return change(value) if isinstance(value, str) else value


def _stored(field: Field) -> list[str]:
    """Values as they are stored, which nobody is ever shown."""
    rows = racing.run(
        f'select distinct "{field.column.column}"::text from "{field.model._meta.db_table}"'
        f' where length("{field.column.column}"::text) >= {LONG_ENOUGH} order by 1 limit {STORED_SHOWN}'
    )
    return [value for (value,) in rows]
