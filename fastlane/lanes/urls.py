"""Addresses of the lanes' pages for companies, and of what every signed-in person may read and try."""

from django.urls import path
from django.views.decorators.http import require_GET, require_POST

from fastlane.lanes.views import company, filing, papers, terminal
from fastlane.lanes.views import open as open_to_all

OF = "accounts/<str:number>/lanes/"
ONE = f"{OF}<str:reference>/"

urlpatterns = [
    path("lanes/", require_GET(open_to_all.lane_rules), name="lane_rules"),
    path("lanes/<str:lane>/what-if/", open_to_all.lane_what_if, name="lane_what_if"),
    path("accounts/<str:number>/port-calls/", require_GET(terminal.terminal_calls), name="terminal_calls"),
    path(OF, require_GET(company.lane_list), name="lane_list"),
    path(f"{OF}new/", require_POST(company.lane_new), name="lane_new"),
    path(ONE, require_GET(company.lane_request), name="lane_request"),
    path(f"{ONE}form/", filing.lane_form, name="lane_form"),
    path(f"{ONE}autosave/", require_POST(filing.lane_autosave), name="lane_autosave"),
    path(f"{ONE}port-calls/", filing.lane_port_calls, name="lane_port_calls"),
    path(f"{ONE}send/", require_POST(company.lane_send), name="lane_send"),
    path(f"{ONE}change/", require_POST(company.lane_amend), name="lane_amend"),
    path(f"{ONE}withdraw/", require_POST(company.lane_withdraw), name="lane_withdraw"),
    path(f"{ONE}arrival/", require_POST(company.lane_arrival), name="lane_arrival"),
    path(f"{ONE}form-3171.pdf", require_GET(papers.form_pdf), name="lane_form_pdf"),
    path(f"{ONE}decisions/<int:pk>.pdf", require_GET(papers.decision_pdf), name="lane_decision_pdf"),
]
