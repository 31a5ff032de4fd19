"""Addresses of the pages of parcel files."""

from django.urls import path
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from fastlane.parcels import views

OF = "accounts/<str:number>/parcels/"
ONE = f"{OF}<int:pk>/"

urlpatterns = [
    path(OF, require_http_methods(["GET", "HEAD", "POST"])(views.parcel_files), name="parcel_files"),
    path(f"{OF}template.csv", require_GET(views.parcel_template_csv), name="parcel_template_csv"),
    path(ONE, require_GET(views.parcel_file), name="parcel_file"),
    path(f"{ONE}progress/", require_GET(views.parcel_progress), name="parcel_progress"),
    path(f"{ONE}cancel/", require_POST(views.parcel_cancel), name="parcel_cancel"),
    path(f"{ONE}result/", require_GET(views.parcel_result_file), name="parcel_result_file"),
    path(f"{ONE}bad-rows.csv", require_GET(views.parcel_bad_rows_csv), name="parcel_bad_rows_csv"),
]
