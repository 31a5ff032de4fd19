"""Answers with a strong ETag: given whole, or as a 304 to who holds them already."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse
from rest_framework.request import Request

from fastlane.publishing import fastpath


def etag_of(body: bytes) -> str:
    """Equal for equal bodies, and only for those."""
    return f'"{base64.urlsafe_b64encode(hashlib.sha256(body).digest()[:18]).decode()}"'


def written(content: Mapping[str, Any]) -> bytes:
    return json.dumps(content, separators=(",", ":"), ensure_ascii=False).encode()


def answer(
    request: Request,
    body: bytes,
    *,
    etag: str = "",
    content_type: str = "application/json",
    headers: Mapping[str, str] | None = None,
) -> HttpResponse:
    """The body with its ETag, or a 304 when If-None-Match names it. Private by default."""
    etag = etag or etag_of(body)
    if fastpath.matches(request.META.get("HTTP_IF_NONE_MATCH", ""), etag):
        response = HttpResponse(status=304)
        del response.headers["Content-Type"]
    else:
        response = HttpResponse(body, content_type=content_type)
        if request.method == "HEAD":
            response.headers["Content-Length"] = str(len(body))
            response.content = b""
    response.headers["ETag"] = etag
    for name, value in ({"Cache-Control": "private, no-cache"} | dict(headers or {})).items():
        response.headers[name] = value
    return response
