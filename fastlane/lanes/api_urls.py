"""The addresses of the lanes' calls, and who may call them by which scope."""

from django.urls import path

from accounts.policy import GET, row
from fastlane.lanes import api
from fastlane.scopes import ELIGIBILITY_READ, FACTS_WRITE, LANES_READ, LANES_WRITE

AQUA = "api/v1/lanes/aqua/requests"
READ = tuple(method for method in GET if method != "OPTIONS")

urlpatterns = [
    path("api/v1/lanes", api.LanesView.as_view(), name="lanes"),
    path("api/v1/lanes/<str:lane>/what-if", api.WhatIfView.as_view(), name="what_if"),
    path(AQUA, api.RequestsView.as_view(), name="lane_requests"),
    path(f"{AQUA}/<str:reference>", api.RequestView.as_view(), name="lane_request"),
    path(f"{AQUA}/<str:reference>/events", api.EventsView.as_view(), name="lane_request_events"),
    path(f"{AQUA}/<str:reference>/withdraw", api.WithdrawView.as_view(), name="lane_request_withdraw"),
    path("api/v1/facts/port-calls/<str:imo>/<str:voyage>/<str:port>", api.FactsView.as_view(), name="port_call_facts"),
]

ROWS = (
    row("api:lanes", READ, {f"scope:{ELIGIBILITY_READ}"}),
    row("api:what_if", ("POST",), {f"scope:{ELIGIBILITY_READ}"}, note="nothing is stored"),
    row("api:lane_requests", ("POST",), {f"scope:{LANES_WRITE}"}, note="for carriers that let this client file"),
    row("api:lane_request", READ, {f"scope:{LANES_READ}", f"scope:{LANES_WRITE}"}, note="what it filed itself"),
    row("api:lane_request", ("PATCH",), {f"scope:{LANES_WRITE}"}, note="what it filed itself"),
    row("api:lane_request_events", ("POST",), {f"scope:{LANES_WRITE}"}, note="what it filed itself"),
    row("api:lane_request_withdraw", ("POST",), {f"scope:{LANES_WRITE}"}, note="what it filed itself"),
    row("api:port_call_facts", ("PUT",), {f"scope:{FACTS_WRITE}"}, note="the agency's own systems"),
)
