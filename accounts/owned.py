"""The base of every model whose rows belong to a company, and so stand under row-level security."""

from django.db import models


class CompanyOwned(models.Model):
    company = models.ForeignKey("accounts.Company", on_delete=models.PROTECT, related_name="+")

    class Meta:
        abstract = True
