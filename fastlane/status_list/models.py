"""The status list's rows: which place an account has, its code there, and the lists as they are given out."""

from __future__ import annotations

from django.db import models

from accounts.models import Account
from accounts.owned import CompanyOwned


class Slot(CompanyOwned):
    """An account's place, drawn at random and never used again for another, with its code now."""

    account = models.OneToOneField(Account, on_delete=models.PROTECT, related_name="slot")
    number = models.PositiveIntegerField()  # of the list
    index = models.PositiveIntegerField()
    code = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["number", "index"], name="slot_once")]

    def __str__(self) -> str:
        return f"{self.number}/{self.index}: {self.code}"


class PublishedList(models.Model):
    """A list as it is given out: the compressed codes, and the token that was signed over them last."""

    number = models.PositiveIntegerField(primary_key=True)
    codes = models.TextField()  # base64url of the compressed codes
    token = models.TextField()
    etag = models.CharField(max_length=40)
    built_at = models.DateTimeField()  # when the codes were read
    signed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"status list {self.number}"
