"""The reference that the poll is compared with: Django REST framework, a token row and one look-up by key, no cache.

Served by granian with as many workers and threads as the portal: `tests.bench.drf_reference:application`.
"""

from __future__ import annotations

import os

import django
from django.conf import settings

from portal.environment import database

settings.configure(
    DATABASES={"default": database(os.environ["DATABASE_OWNER_URL"]) | {"CONN_MAX_AGE": 600}},
    ALLOWED_HOSTS=["*"],
    INSTALLED_APPS=["rest_framework"],
    ROOT_URLCONF="tests.bench.drf_reference",
    # The usual layers of a Django project.
    MIDDLEWARE=[
        "django.middleware.security.SecurityMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.middleware.clickjacking.XFrameOptionsMiddleware",
    ],
    REST_FRAMEWORK={
        "UNAUTHENTICATED_USER": None,
        "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    },
    SECRET_KEY="of no value",
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
)
django.setup()

from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.db import models  # noqa: E402
from django.urls import path  # noqa: E402
from rest_framework import serializers  # noqa: E402
from rest_framework.authentication import BaseAuthentication, get_authorization_header  # noqa: E402
from rest_framework.exceptions import AuthenticationFailed  # noqa: E402
from rest_framework.generics import RetrieveAPIView  # noqa: E402


class Token(models.Model):  # noqa: DJ008
    key = models.CharField(max_length=80, primary_key=True)
    client = models.CharField(max_length=80)

    class Meta:
        app_label = "bench"
        db_table = "bench_token"


class Member(models.Model):  # noqa: DJ008
    number = models.CharField(max_length=20, primary_key=True)
    name = models.CharField(max_length=200)
    entity_type = models.CharField(max_length=40)
    level = models.CharField(max_length=10)
    tier = models.IntegerField()
    status = models.CharField(max_length=10)

    class Meta:
        app_label = "bench"
        db_table = "bench_member"


class TokenRow(BaseAuthentication):
    def authenticate(self, request):  # type: ignore[no-untyped-def]
        parts = get_authorization_header(request).split()
        row = Token.objects.filter(key=parts[1].decode()).first() if len(parts) == 2 else None
        if row is None:
            raise AuthenticationFailed
        return row, row


class MemberSerializer(serializers.ModelSerializer):  # type: ignore[type-arg]
    class Meta:
        model = Member
        fields = ["number", "name", "entity_type", "level", "tier", "status"]


class MemberView(RetrieveAPIView):  # type: ignore[type-arg]
    authentication_classes = [TokenRow]
    queryset = Member.objects.all()
    serializer_class = MemberSerializer
    lookup_field = "number"


urlpatterns = [path("api/v1/members/account/<str:number>", MemberView.as_view())]
application = get_wsgi_application()
