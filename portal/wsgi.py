"""The WSGI entry: what granian serves."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

_django = get_wsgi_application()

from fastlane.publishing import fastpath  # noqa: E402 - its models need the apps that Django has just loaded

application = fastpath.wrap(_django)
