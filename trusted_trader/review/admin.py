"""The registers of the programme in the admin site: for looking only, no field can be edited here."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, path
from django.utils import timezone

from accounts.models import User
from trusted_trader.review.filters import Looking, tied
from trusted_trader.review.policy import READERS


class LookingOnly(admin.ModelAdmin):
    """A list and a page to read. Rows of companies to which the reader has a tie are not there."""

    list_per_page = 50
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    actions = None
    unseen: tuple[str, ...] = ()

    def get_urls(self) -> list[URLPattern]:
        base = f"{self.opts.app_label}_{self.opts.model_name}"
        view = self.admin_site.admin_view
        return [
            path("", view(self.changelist_view), name=f"{base}_changelist"),
            path("<path:object_id>/change/", view(self.change_view), name=f"{base}_change"),
        ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        user = request.user
        assert isinstance(user, User)  # noqa: S101 - the policy table lets only staff in
        looking = Looking(user.pk, user.staff_roles, timezone.now())
        return super().get_queryset(request).exclude(tied(looking)).filter(self.seen())

    def seen(self) -> Q:
        """Which rows of the table belong to the register."""
        return Q()

    def get_exclude(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return self.unseen

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(getattr(request.user, "staff_roles", frozenset()) & READERS)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
