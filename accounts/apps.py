"""The app that knows WHO: users, companies, accounts, and what every app needs to be accountable."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.module_loading import autodiscover_modules

from accounts.grants import grant


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = "Accounts"

    def ready(self) -> None:
        # Effect handlers live with their stories; web and workers alike must know them.
        autodiscover_modules("handlers")
        post_migrate.connect(grant, sender=self)
