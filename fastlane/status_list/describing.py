"""How the status list's call describes itself."""

from __future__ import annotations

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema

from fastlane.publishing.describing import IF_NONE_MATCH, problems

status_list = extend_schema(
    operation_id="status_list",
    auth=[],
    summary="The status of all consenting members at once",
    description="A Token Status List (IETF) as a signed JWT: two bits a member, 0 in good standing, 1 not, 2 suspended. "
    "Who may see a member learns its place from `status_list` in the member's answer. Don't rely on it after `exp`.",
    parameters=[
        OpenApiParameter("number", {"type": "integer", "minimum": 0}, OpenApiParameter.PATH, description="Which list."),
        IF_NONE_MATCH,
        OpenApiParameter("ETag", OpenApiTypes.STR, OpenApiParameter.HEADER, description="Strong.", response=[200, 304]),
    ],
    responses={(200, "application/statuslist+jwt"): OpenApiTypes.STR, 304: None, **problems(404)},
)
