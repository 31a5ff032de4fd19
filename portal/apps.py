"""The apps of the wiring: the portal itself, and Django's admin site behind the portal's own sign-in."""

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig

# Imported here so that every process, web or command, publishes tasks through the portal's Celery app.
from portal.celery import app as celery_app

__all__ = ["PortalAdminConfig", "PortalConfig", "celery_app"]


class PortalConfig(AppConfig):
    name = "portal"
    verbose_name = "Portal"


class PortalAdminConfig(AdminConfig):
    default_site = "portal.admin.PortalAdminSite"
