"""The portal inbox: the same words that go out by e-mail."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.db.models import Case, When
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from accounts.http import AuthenticatedRequest
from accounts.models import Notice

PAGE = 25


def inbox(request: AuthenticatedRequest) -> HttpResponse:
    unread_first = Case(When(read_at=None, then=0), default=1)
    rows = Notice.objects.filter(user=request.user).order_by(unread_first, "-created_at", "-pk")
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    return render(request, "accounts/inbox.html", {"page": page})


def notice(request: AuthenticatedRequest, pk: int) -> HttpResponse:
    """One notice. Opening it marks it as read: a mark of the reader alone, no change of a case."""
    row = get_object_or_404(Notice, pk=pk, user=request.user)
    if row.read_at is None:
        row.read_at = timezone.now()
        row.save(update_fields=["read_at"])
    return render(request, "accounts/notice.html", {"notice": row})


def read_all(request: AuthenticatedRequest) -> HttpResponse:
    Notice.objects.filter(user=request.user, read_at=None).update(read_at=timezone.now())
    return redirect("inbox")
