"""The addresses of the fast lane: the API for partner systems, and the public checks."""

from django.urls import include, path

from fastlane.console import urls as console
from fastlane.feed.views import ChangesView
from fastlane.lanes import api_urls as lanes
from fastlane.lanes import urls as lane_pages
from fastlane.ledger import urls as ledger
from fastlane.parcels import urls as parcels
from fastlane.publishing import docs, verifying, views
from fastlane.publishing.eligibility_call import EligibilityView
from fastlane.publishing.sandbox_calls import SandboxMembersView, SandboxMemberView
from fastlane.status_list.views import StatusListView
from fastlane.webhooks import views as webhooks

api = (
    [
        path("api/oauth/token", views.TokenView.as_view(), name="token"),
        path("api/v1/members/changes", ChangesView.as_view(), name="changes"),
        path("api/v1/members/<str:scheme>/<path:value>", views.MemberView.as_view(), name="member"),
        path("api/v1/eligibility", EligibilityView.as_view(), name="eligibility"),
        path("api/v1/sandbox/members", SandboxMembersView.as_view(), name="sandbox_members"),
        path("api/v1/sandbox/members/<str:number>", SandboxMemberView.as_view(), name="sandbox_member"),
        path("api/v1/webhooks", webhooks.WebhooksView.as_view(), name="webhooks"),
        path("api/v1/webhooks/<uuid:key>", webhooks.OneWebhookView.as_view(), name="webhook"),
        path("api/v1/webhooks/<uuid:key>/deliveries", webhooks.DeliveriesView.as_view(), name="deliveries"),
        path("api/v1/webhooks/<uuid:key>/replay", webhooks.ReplayView.as_view(), name="replay"),
        path("api/v1/webhooks/<uuid:key>/secret", webhooks.SecretView.as_view(), name="webhook_secret"),
        path("api/v1/webhooks/<uuid:key>/test", webhooks.TestView.as_view(), name="webhook_test"),
        *lanes.urlpatterns,
        path("api/v1/status-list/<int:number>", StatusListView.as_view(), name="status_list"),
        path("api/v1/schema", views.SchemaView.as_view(), name="schema"),
        path("api/v1/docs", docs.docs, name="docs"),
        path(".well-known/jwks.json", views.JwksView.as_view(), name="jwks"),
    ],
    "api",
)

urlpatterns = [
    path("", include(api)),
    *console.urlpatterns,
    *lane_pages.urlpatterns,
    *ledger.urlpatterns,
    *parcels.urlpatterns,
    path("verify/<str:certificate>", verifying.certificate, name="verify_certificate"),
    path("verify-statement", verifying.statement, name="verify_statement"),
]
