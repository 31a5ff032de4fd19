"""Keep all rows of the database and put them back, so that what takes a minute to build is built once."""

from __future__ import annotations

from django.db import connection, transaction

from tests import services

# What the migrations put there stays as it is.
NOT_OURS = ("django_migrations", "django_content_type", "django_site", "auth_permission")


def keep() -> list[tuple[str, bytes]]:
    """Every table that has rows, as PostgreSQL copies it."""
    kept = []
    with services.as_owner(), connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            if table in NOT_OURS:
                continue
            with cursor.copy(f"copy {connection.ops.quote_name(table)} to stdout") as copy:
                if text := b"".join(copy):
                    kept.append((table, text))
    return kept


def put_back(kept: list[tuple[str, bytes]]) -> None:
    """These rows and no others, as they were: without triggers, which would add events or refuse old ones."""
    with services.as_owner(), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("set local session_replication_role = replica")
        for table, _text in kept:
            cursor.execute(f"delete from {connection.ops.quote_name(table)}")
        for table, text in kept:
            with cursor.copy(f"copy {connection.ops.quote_name(table)} from stdin") as copy:
                copy.write(text)
