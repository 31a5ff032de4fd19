"""Addresses of the rule book, inside the admin site (names are admin:…); the policy table says who may."""

from django.urls import path
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from fastlane.rulebook import views

BOTH = require_http_methods(["GET", "HEAD", "POST"])
BOOK = "rule-book/"
ONE = f"{BOOK}<int:pk>/"
ROW = f"{ONE}<slug:table>/<int:number>/"

urlpatterns = [
    path(BOOK, require_GET(views.rulebook), name="rulebook"),
    path(f"{BOOK}new/", require_POST(views.rulebook_new), name="rulebook_new"),
    path(f"{BOOK}roll-back/", require_POST(views.rulebook_roll_back), name="rulebook_roll_back"),
    path(f"{BOOK}proposals/<int:pk>/confirm/", require_POST(views.rulebook_confirm), name="rulebook_confirm"),
    path(f"{BOOK}proposals/<int:pk>/reject/", require_POST(views.rulebook_reject), name="rulebook_reject"),
    path(ONE, require_GET(views.rulebook_edition), name="rulebook_edition"),
    path(f"{ONE}submit/", require_POST(views.rulebook_submit), name="rulebook_submit"),
    path(f"{ONE}propose/", require_POST(views.rulebook_propose), name="rulebook_propose"),
    path(f"{ONE}<slug:table>/new/", BOTH(views.rulebook_row), name="rulebook_row_new"),
    path(ROW, BOTH(views.rulebook_row), name="rulebook_row"),
    path(f"{ROW}drop/", require_POST(views.rulebook_drop), name="rulebook_drop"),
]
