"""WHO: users, companies, their accounts and people, staff roles, partner clients and consents."""

from __future__ import annotations

from datetime import datetime
from functools import cached_property
from typing import Any

from allauth.idp.oidc.models import Client
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField

from accounts import roles, secrecy
from accounts.effects.models import Effect
from accounts.events.models import Event, Seal
from accounts.notices.models import Notice
from accounts.owned import CompanyOwned
from accounts.roles import Role

__all__ = ["Effect", "Event", "Notice", "Seal"]


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email__iexact=username)


class User(AbstractBaseUser):
    """A person who signs in, of a company or of the government side."""

    email = models.EmailField(_("e-mail"), unique=True)
    name = models.CharField(_("full name"), max_length=120, blank=True)
    is_active = models.BooleanField(default=True)
    joined_at = models.DateTimeField(default=timezone.now)

    objects = UserManager()
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: list[str] = []

    def __str__(self) -> str:
        return self.name or self.email

    def get_full_name(self) -> str:
        return str(self)

    def get_short_name(self) -> str:
        return str(self)

    @cached_property
    def staff_roles(self) -> frozenset[Role]:
        """The government roles this person holds now; asked once per loaded user."""
        return frozenset(Role(role) for role in self.staff_grants.filter(ended_at=None).values_list("role", flat=True))

    @property
    def is_staff(self) -> bool:
        return bool(self.staff_roles)

    # The admin site asks these; what each role may do stands in the policy table and in the operations.
    def has_perm(self, perm: str, obj: object = None) -> bool:
        return self.is_active and self.is_staff

    def has_module_perms(self, app_label: str) -> bool:
        return self.is_active and self.is_staff


class StaffGrant(models.Model):
    """A government role held by a user, with the field office it is held in."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="staff_grants")
    role = models.CharField(max_length=24, choices=[(r.value, r.value) for r in sorted(roles.STAFF_ROLES)])
    office = models.CharField(max_length=40, blank=True)
    granted_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "role"], condition=Q(ended_at=None), name="one_open_grant_per_role")
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.role}"


class Versioned(models.Model):
    """A row that several people edit: a page opened before somebody else saved is refused, not merged."""

    version = models.PositiveIntegerField(default=1)

    class Meta:
        abstract = True


class Company(Versioned):
    """A legal entity; it may hold one account per entity type."""

    class Ownership(models.TextChoices):
        CORPORATION = "corporation", _("Corporation")
        PARTNERSHIP = "partnership", _("Partnership")
        SOLE = "sole_proprietor", _("Sole proprietor")
        PUBLIC = "public_body", _("Public body")
        OTHER = "other", _("Other")

    legal_name = models.CharField(_("legal name"), max_length=200)
    trade_name = models.CharField(_("trade name"), max_length=200, blank=True)
    ownership = models.CharField(_("ownership"), max_length=20, choices=Ownership.choices, blank=True)
    started_on = models.DateField(_("in business since"), null=True, blank=True)
    employees = models.PositiveIntegerField(_("number of employees"), null=True, blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    website = models.URLField(_("website"), blank=True)
    history = models.TextField(_("short history"), max_length=4000, blank=True)
    street = models.CharField(_("street and number"), max_length=200, blank=True)
    city = models.CharField(_("city"), max_length=100, blank=True)
    region = models.CharField(_("state or province"), max_length=100, blank=True)
    postal_code = models.CharField(_("postal code"), max_length=20, blank=True)
    country = CountryField(_("country"), blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name_plural = "companies"

    def __str__(self) -> str:
        return self.legal_name

    @property
    def address(self) -> str:
        place = " ".join(part for part in (self.region, self.postal_code) if part)
        return ", ".join(part for part in (self.street, self.city, place, str(self.country.name or "")) if part)


class Account(CompanyOwned):
    """A company in one entity type: what a status is given to."""

    number = models.CharField(max_length=16, unique=True)
    entity_type = models.CharField(max_length=40)
    opened_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "entity_type"], name="one_account_per_entity_type")]

    def __str__(self) -> str:
        return self.number


class Identifier(CompanyOwned):
    """A number under which an account is known. Sensitive schemes are kept encrypted; all are found by keyed hash."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="identifiers")
    scheme = models.CharField(max_length=20)
    sealed = models.TextField()
    lookup = models.CharField(max_length=64)
    shown = models.CharField(max_length=60)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "scheme", "lookup"], name="identifier_once")]
        indexes = [models.Index(fields=["scheme", "lookup"], name="identifier_lookup")]

    def __str__(self) -> str:
        return f"{self.scheme} {self.shown}"

    @property
    def value(self) -> str:
        return secrecy.unseal(self.sealed)


class Facility(Versioned, CompanyOwned):
    """A site of the company: where cargo, staff or records are."""

    class Kind(models.TextChoices):
        OFFICE = "office", _("Office")
        WAREHOUSE = "warehouse", _("Warehouse")
        FACTORY = "factory", _("Factory")
        YARD = "yard", _("Yard")
        TERMINAL = "terminal", _("Terminal")
        OTHER = "other", _("Other")

    name = models.CharField(_("name"), max_length=120)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)
    street = models.CharField(_("street and number"), max_length=200)
    city = models.CharField(_("city"), max_length=100)
    region = models.CharField(_("state or province"), max_length=100, blank=True)
    postal_code = models.CharField(_("postal code"), max_length=20, blank=True)
    country = CountryField(_("country"))
    staffed = models.BooleanField(_("staffed during business hours"), default=False)
    handles_cargo = models.BooleanField(_("cargo is handled or stored here"), default=False)

    class Meta:
        verbose_name_plural = "facilities"
        constraints = [models.UniqueConstraint(fields=["company", "name"], name="facility_name_once")]

    def __str__(self) -> str:
        return self.name

    @property
    def address(self) -> str:
        place = " ".join(part for part in (self.region, self.postal_code) if part)
        return ", ".join(part for part in (self.street, self.city, place, str(self.country.name or "")) if part)


class Person(Versioned, CompanyOwned):
    """An officer, contact, owner or manager of a company. What vetting needs is sealed under the person's own key."""

    name = models.CharField(_("full name"), max_length=120)
    title = models.CharField(_("position"), max_length=120, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    is_officer = models.BooleanField(_("company officer"), default=False)
    is_contact = models.BooleanField(_("point of contact"), default=False)
    is_owner = models.BooleanField(_("owner"), default=False)
    is_manager = models.BooleanField(_("manager"), default=False)
    wrapped_key = models.TextField(default=secrecy.new_person_key)
    sealed = models.TextField(blank=True)
    lookup = models.CharField(max_length=64, blank=True, db_index=True)
    erased_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "people"

    def __str__(self) -> str:
        return self.name

    @property
    def vetting_complete(self) -> bool:
        return bool(self.sealed)


class MembershipQuerySet(models.QuerySet["Membership"]):
    def in_force(self, at: datetime | None = None) -> MembershipQuerySet:
        """Those that give rights now (or at a moment): not ended, and not delegated for a time that is over."""
        return self.filter(Q(until=None) | Q(until__gt=at or timezone.now()), ended_at=None)


class Membership(CompanyOwned):
    """A user's role in a company; ended ones are kept, as they count as ties for years."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=20, choices=[(r.value, r.value) for r in sorted(roles.COMPANY_ROLES)])
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    until = models.DateTimeField(null=True, blank=True)  # a delegation: from then on it gives no rights

    objects = MembershipQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "user"], condition=Q(ended_at=None), name="one_open_membership")
        ]

    def __str__(self) -> str:
        return f"{self.user} in {self.company}: {self.role}"


class StaffTie(CompanyOwned):
    """A declared tie of a member of staff to a company, which keeps them out of its cases."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="ties")
    reason = models.CharField(max_length=200)
    until = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.user} / {self.company}"


class Invitation(CompanyOwned):
    """An invitation by e-mail to join a company in a role. Only the token's hash is kept."""

    email = models.EmailField(_("e-mail"))
    role = models.CharField(_("role"), max_length=20)
    token_lookup = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)  # when the delegation ends, for a vessel agent
    accepted_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.email} to {self.company}"

    def is_open(self, at: datetime) -> bool:
        return self.accepted_at is None and self.revoked_at is None and at < self.expires_at


class PartnerClient(models.Model):
    """A partner's system: an OAuth client with a name that members recognise, and a quota."""

    client = models.OneToOneField(Client, on_delete=models.CASCADE, related_name="partner")
    organisation = models.CharField(max_length=200)
    purpose = models.CharField(max_length=300, blank=True)
    is_active = models.BooleanField(default=True)
    # A client for trying things out: it sees made-up members alone, and no member can consent to it.
    is_sandbox = models.BooleanField(default=False)
    quota_per_minute = models.PositiveIntegerField(default=6000)
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.organisation


class Consent(CompanyOwned):
    """A company officer's word that a partner's system may see an account's standing."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="consents")
    partner = models.ForeignKey(PartnerClient, on_delete=models.PROTECT, related_name="consents")
    granted_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    granted_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    # The system acts for this account: it files a carrier's lane requests, it hears of the calls at a terminal.
    acts = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "partner"], condition=Q(revoked_at=None), name="one_open_consent"
            )
        ]

    def __str__(self) -> str:
        return f"{self.account} to {self.partner}"


class Once(models.Model):
    """A form that was sent: the second copy is answered with where the first one led."""

    key = models.CharField(max_length=80, primary_key=True)
    location = models.CharField(max_length=500, blank=True)
    at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.key
