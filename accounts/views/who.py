"""A user's own pages: the second factor to set up, the profile, and signing out everywhere."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import operations
from accounts.forms import ProfileForm
from accounts.http import AuthenticatedRequest
from accounts.sessions import end_sessions


def second_factor(request: AuthenticatedRequest) -> HttpResponse:
    """Nobody works here with one factor: choose a passkey, or an authenticator app."""
    return render(request, "accounts/second_factor.html", {"next": request.GET.get("next", "")})


def profile(request: AuthenticatedRequest) -> HttpResponse:
    form = ProfileForm(request.POST or None, initial={"name": request.user.name})
    if request.method == "POST" and form.is_valid():
        operations.rename_user(user=request.user, name=form.cleaned_data["name"], at=timezone.now())
        messages.success(request, _("Saved."))
        return redirect("profile")
    return render(request, "accounts/profile.html", {"form": form})


def sign_out_everywhere(request: AuthenticatedRequest) -> HttpResponse:
    """End every session of this user, here and on other machines."""
    end_sessions(request.user.pk)
    logout(request)
    messages.success(request, _("You are signed out everywhere."))
    return redirect("account_login")
