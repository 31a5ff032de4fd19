"""Structured logs: one JSON object a line, with the request's id and without personal data."""

from __future__ import annotations

import json
import logging
import re
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime

_request_id: ContextVar[str] = ContextVar("request_id", default="")

# What may not stand in a line, whoever wrote it. PostgreSQL's DETAIL quotes the row it speaks of.
SCRUBBED = (
    (re.compile(r"[^\s@<>\"'(\[]+@[^\s@>\"')\]]+"), "[e-mail]"),
    (re.compile(r"(?<=[\w/])\?[^\s\"']+"), "?[query]"),
    (re.compile(r"\b\d(?:[\d-]{5,}\d)\b"), "[number]"),
    (re.compile(r"\b(DETAIL|CONTEXT):.*$", re.MULTILINE), r"\1: [left out]"),
)


def request_id() -> str:
    """The id of the request at hand, or nothing outside one."""
    return _request_id.get()


@contextmanager
def about(identifier: str) -> Iterator[None]:
    """Lines logged inside belong to this request."""
    token = _request_id.set(identifier)
    try:
        yield
    finally:
        _request_id.reset(token)


def scrub(text: str) -> str:
    """The text without e-mail addresses, query strings, long numbers and quoted rows."""
    for pattern, put in SCRUBBED:
        text = pattern.sub(put, text)
    return text


class RequestFilter(logging.Filter):
    """Marks a record with the request's id, and takes the path out of Django's own lines about requests."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = _request_id.get()
        if record.name.startswith("django.") and (request := getattr(record, "request", None)) is not None:
            match = getattr(request, "resolver_match", None)
            status = getattr(record, "status_code", "")
            kind = record.msg.split(":")[0] if isinstance(record.msg, str) else ""
            record.msg, record.args = f"{kind} {status} at {match.route if match else 'no route'}", ()
        return True


class JsonFormatter(logging.Formatter):
    """Time (UTC), level, logger, message, request id, the fields given as `extra={"fields": {...}}`, the failure."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": scrub(record.getMessage()),
        }
        if identifier := getattr(record, "request_id", ""):
            line["request_id"] = identifier
        for name, value in getattr(record, "fields", {}).items():
            line[name] = scrub(value) if isinstance(value, str) else value
        if record.exc_info and record.exc_info[0] is not None:
            line["error"] = record.exc_info[0].__name__
            line["trace"] = scrub("".join(traceback.format_exception(*record.exc_info)))
        return json.dumps(line, ensure_ascii=False, default=str)
