"""The addresses of the fast lane: the API for partner systems, and the public checks."""

from django.urls import include, path

from fastlane.feed.views import ChangesView
from fastlane.publishing import docs, verifying, views

api = (
    [
        path("api/oauth/token", views.TokenView.as_view(), name="token"),
        path("api/v1/members/changes", ChangesView.as_view(), name="changes"),
        path("api/v1/members/<str:scheme>/<path:value>", views.MemberView.as_view(), name="member"),
        path("api/v1/schema", views.SchemaView.as_view(), name="schema"),
        path("api/v1/docs", docs.docs, name="docs"),
        path(".well-known/jwks.json", views.JwksView.as_view(), name="jwks"),
    ],
    "api",
)

urlpatterns = [
    path("", include(api)),
    path("verify/<str:certificate>", verifying.certificate, name="verify_certificate"),
    path("verify-statement", verifying.statement, name="verify_statement"),
]
