"""Companies by name, through functions of the database's owner, who alone may use the trigram indexes (migration 0006).

They answer staff and the portal itself; to every other tenant no company has a name.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection
from django.db.models.expressions import RawSQL


def named(words: str) -> RawSQL:
    """The companies whose legal or trade name holds these words, for `company__in=`."""
    return RawSQL("select portal_companies_named(%s)", [words])


def alike(words: str, *, states: Sequence[str], most: int) -> list[int]:
    """The companies with a case in one of these states whose legal name looks most like the words, the likest first."""
    with connection.cursor() as cursor:
        cursor.execute("select portal_companies_alike(%s, %s, %s)", [words, list(states), most])
        return [company for (company,) in cursor.fetchall()]
