"""Addresses of the ledger's pages."""

from django.urls import path
from django.views.decorators.http import require_GET, require_http_methods

from fastlane.ledger import views

urlpatterns = [
    path("accounts/<str:number>/benefits/", require_GET(views.benefits), name="benefits"),
    path("accounts/<str:number>/benefits.csv", require_GET(views.benefits_csv), name="benefits_csv"),
]
# Inside the admin site (names are admin:…).
desk = [path("benefits/", require_http_methods(["GET", "HEAD", "POST"])(views.programme), name="ledger")]
