"""Django's admin site as the staff's workplace: one sign-in page for everyone, and only staff come in."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from fastlane.lanes.admin_urls import urlpatterns as lane_urls
from fastlane.ledger.urls import desk as ledger_urls
from fastlane.rulebook.urls import urlpatterns as rulebook_urls
from trusted_trader.review.urls import urlpatterns as review_urls

OWN_APPS = frozenset({"accounts", "trusted_trader", "fastlane"})


class PortalAdminSite(admin.AdminSite):
    site_title = _("Trusted Trader Portal")
    site_header = _("Trusted Trader Portal")
    index_title = _("Review")
    enable_nav_sidebar = False

    def get_urls(self) -> list[URLResolver | URLPattern]:
        """The queue, the workbench and their like stand before the registers."""
        return [*review_urls, *lane_urls, *rulebook_urls, *ledger_urls, *super().get_urls()]

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[dict[str, Any]]:
        """Our own registers; those that packages bring along have no row in the policy table and stay closed."""
        return [app for app in super().get_app_list(request, app_label) if app["app_label"] in OWN_APPS]

    def has_permission(self, request: HttpRequest) -> bool:
        user = request.user
        return user.is_active and user.is_authenticated and user.is_staff

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Lead to the portal's sign-in; someone signed in who isn't staff is told so, not asked again."""
        if request.user.is_authenticated and not self.has_permission(request):
            raise PermissionDenied
        wanted = request.GET.get("next", "")
        if not url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure()):
            wanted = reverse("admin:index", current_app=self.name)
        return redirect_to_login(wanted, reverse("account_login"))


site = admin.site
