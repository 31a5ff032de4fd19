"""Cases and companies by name, through functions of the database's owner, who alone may use the trigram indexes.

They answer staff and the portal itself; to every other tenant no company has a name.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection


def cases_named(words: str, *, states: Sequence[str]) -> list[int]:
    """The cases in one of these states whose company's legal or trade name holds these words, in no order."""
    return _numbers("select portal_cases_named(%s, %s)", words, list(states))


def alike(words: str, *, states: Sequence[str], most: int) -> list[int]:
    """The companies with a case in one of these states whose legal name looks most like the words, the likest first."""
    return _numbers("select portal_companies_alike(%s, %s, %s)", words, list(states), most)


def _numbers(sql: str, *values: object) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return [number for (number,) in cursor.fetchall()]
