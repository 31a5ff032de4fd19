"""Every address of the portal, by story."""

from django.conf import settings
from django.urls import include, path

from portal import demo, health, home
from portal.admin import site

urlpatterns = [
    path("", home.home, name="home"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("admin/", site.urls),
    path("", include("accounts.urls")),
    path("", include("trusted_trader.urls")),
    path("", include("fastlane.urls")),
]
if settings.DEMO:
    urlpatterns += [
        path("demo/", demo.people, name="demo"),
        path("demo/mail", demo.mail, name="demo_mail"),
    ]

handler400 = "portal.errors.handler400"
handler403 = "portal.errors.handler403"
handler404 = "portal.errors.handler404"
handler500 = "portal.errors.handler500"
