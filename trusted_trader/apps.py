"""THE PROGRAMME: criteria, applications, review, decisions, standing."""

from django.apps import AppConfig


class TrustedTraderConfig(AppConfig):
    name = "trusted_trader"
    verbose_name = "Trusted trader programme"
