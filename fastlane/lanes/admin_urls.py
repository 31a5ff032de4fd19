"""Addresses of the port officers' pages, inside the admin site (names are admin:…); the policy table says who may."""

from django.urls import path
from django.views.decorators.http import require_GET, require_POST

from fastlane.lanes.views import desk

urlpatterns = [
    path("lanes/", require_GET(desk.lane_queue), name="lane_queue"),
    path("lanes/search/", require_POST(desk.lane_search), name="lane_search"),
    path("lanes/<str:reference>/", require_GET(desk.lane_request), name="lane_request"),
    path("lanes/<str:reference>/facts/", require_POST(desk.lane_fact), name="lane_fact"),
    path("lanes/<str:reference>/propose/", require_POST(desk.lane_step), {"step": "propose"}, name="lane_propose"),
    path("lanes/<str:reference>/approve/", require_POST(desk.lane_step), {"step": "approve"}, name="lane_approve"),
    path("lanes/<str:reference>/refuse/", require_POST(desk.lane_step), {"step": "refuse"}, name="lane_refuse"),
    path("lanes/<str:reference>/revoke/", require_POST(desk.lane_step), {"step": "revoke"}, name="lane_revoke"),
]
