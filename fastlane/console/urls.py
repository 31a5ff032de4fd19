"""The addresses of the partner console."""

from django.urls import path

from fastlane.console import hooks, views

urlpatterns = [
    path("partners/", views.partners, name="partners"),
    path("partners/<int:pk>/", views.partner, name="partner"),
    path("partners/<int:pk>/secret/", views.rotate, name="partner_secret"),
    path("partners/<int:pk>/usage/", views.usage, name="partner_usage"),
    path("partners/<int:pk>/code/", views.code, name="partner_code"),
    path("partners/<int:pk>/sandbox/", views.made_up, name="partner_sandbox"),
    path("partners/<int:pk>/people/", views.people, name="partner_people"),
    path("partners/<int:pk>/people/<int:steward>/end/", views.end_person, name="partner_person_end"),
    path("partners/<int:pk>/webhooks/", hooks.webhooks, name="partner_webhooks"),
    path("partners/<int:pk>/webhooks/new/", hooks.new, name="partner_webhook_new"),
    path("partners/<int:pk>/webhooks/<uuid:key>/", hooks.webhook, name="partner_webhook"),
    path("partners/<int:pk>/webhooks/<uuid:key>/secret/", hooks.rotate, name="partner_webhook_secret"),
    path("partners/<int:pk>/webhooks/<uuid:key>/<str:action>/", hooks.act, name="partner_webhook_act"),
]
