"""Forms about WHO: sign-up details, company, sites, people, members, consents."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.validators import MaxLengthValidator
from django.db import models
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField

from accounts import roles
from accounts.models import (
    Account,
    Company,
    Consent,
    Facility,
    Invitation,
    Membership,
    PartnerClient,
    Person,
    User,
    Versioned,
)
from accounts.roles import Role

REGION_HINT = _("In the United States the two letters of the state, such as VA.")
POSTAL_HINT = _("In the United States the ZIP code, such as 23510.")
NAME_HINT = _("Your name as it stands in your company's records. You sign with it.")


def day_input() -> forms.DateInput:
    """A browser's date field, which speaks ISO dates in every language."""
    return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


class PlainErrors(forms.BaseForm):
    """Mixed into a form: an empty or too long field says which one it is and what to do."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            chosen = isinstance(field.widget, forms.Select | forms.RadioSelect)
            ask = _now("Choose: %(label)s.") if chosen else _now("Enter: %(label)s.")
            field.error_messages["required"] = ask % {"label": field.label}
            longest = getattr(field, "max_length", None)
            for check in field.validators if longest else ():
                if isinstance(check, MaxLengthValidator):
                    check.message = _now("Use at most %(limit_value)s characters; these are %(show_value)s.")


class SignupDetails(PlainErrors, forms.Form):
    """What sign-up asks beyond e-mail and password."""

    name = forms.CharField(
        label=_("Full name"),
        max_length=120,
        help_text=NAME_HINT,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )

    def signup(self, request: HttpRequest, user: User) -> None:
        user.name = self.cleaned_data["name"]
        user.save(update_fields=["name"])


class ProfileForm(PlainErrors, forms.Form):
    name = forms.CharField(
        label=_("Full name"),
        max_length=120,
        help_text=NAME_HINT,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )


class RegisterForm(PlainErrors, forms.Form):
    legal_name = forms.CharField(
        label=_("Legal name"), max_length=200, help_text=_("As in the company's deed or register.")
    )
    country = CountryField().formfield(
        label=_("Country of the main office"), help_text=_("Where the company is registered or mainly run.")
    )


class KeepsVersion(PlainErrors):
    """Mixed into a form about a row that others edit too: `base_version` is the one the page was opened with."""

    is_stale = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        version = self.instance.version
        self.fields["base_version"] = forms.IntegerField(required=False, initial=version, widget=forms.HiddenInput)

    def details(self) -> dict[str, Any]:
        """What was filled in, without the version."""
        return {name: value for name, value in self.cleaned_data.items() if name != "base_version"}

    @property
    def version(self) -> int:
        return self.cleaned_data["base_version"] or 0

    def differences(self, saved: models.Model) -> list[tuple[str, str]]:
        """Label and saved text of each field that somebody else's saved version holds otherwise."""
        return [
            (str(field.label), _shown(saved, field.name))
            for field in self.visible_fields()
            if hasattr(saved, field.name) and getattr(saved, field.name) != self.cleaned_data.get(field.name)
        ]

    def start_from(self, saved: Versioned, why: str) -> None:
        """The next copy of this form is about that version: its writer has seen both texts."""
        self.data = self.data.copy()
        self.data[self.add_prefix("base_version")] = str(saved.version)
        self.is_stale = True
        self.add_error(None, why)


def _shown(row: models.Model, name: str) -> str:
    """A saved value in words, as the form would offer it."""
    value = getattr(row, name)
    if isinstance(value, bool):
        return _now("Yes") if value else _now("No")
    chosen = getattr(row, f"get_{name}_display", None)
    return str(chosen() if chosen else getattr(value, "name", value) or "")


class CompanyForm(KeepsVersion, forms.ModelForm):
    """The company's details."""

    class Meta:
        model = Company
        fields = (
            "legal_name", "trade_name", "ownership", "started_on", "employees", "phone", "website", "history", "street",
            "city", "region", "postal_code", "country",
        )  # fmt: skip
        widgets = {
            "started_on": day_input(),
            "history": forms.Textarea(attrs={"rows": 5}),
        }
        help_texts = {
            "legal_name": _("As in the company's deed or register."),
            "trade_name": _("Only if customers know you by another name."),
            "ownership": _("Who owns the company, by its legal form."),
            "started_on": _("The first day of business. If you don't know it, take the day of registration."),
            "employees": _("All of them, at every site. An estimate will do."),
            "phone": _("With the country code, such as +1 757 555 0100."),
            "website": _("The whole address, such as https://www.example.com."),
            "history": _("A few sentences: what you do, since when, for whom."),
            "street": _("Of the main office."),
            "city": _("Of the main office."),
            "region": REGION_HINT,
            "postal_code": POSTAL_HINT,
            "country": _("Of the main office."),
        }

        error_messages = {
            "website": {"invalid": _("Enter the whole address, such as https://www.example.com.")},
            "employees": {"invalid": _("Enter a whole number, such as 40.")},
        }

    def __init__(self, *args: Any, may_edit: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.disabled = not may_edit

    def clean_started_on(self) -> Any:
        day = self.cleaned_data["started_on"]
        if day and day > timezone.localdate():
            raise forms.ValidationError(_now("This day lies in the future. Enter the day the business began."))
        return day


class FacilityForm(KeepsVersion, forms.ModelForm):
    class Meta:
        model = Facility
        fields = (
            "name", "kind", "street", "city", "region", "postal_code", "country", "staffed", "handles_cargo",
        )  # fmt: skip
        help_texts = {
            "name": _("A name your colleagues know it by, such as Norfolk warehouse."),
            "kind": _("What the site mainly is."),
            "street": _("Where a visitor would go, not a post box."),
            "city": _("City or town."),
            "region": REGION_HINT,
            "postal_code": POSTAL_HINT,
            "country": _("Where the site is."),
            "staffed": _("Somebody of your company is there when you are open."),
            "handles_cargo": _("Cargo or containers stand, are packed or pass here."),
        }

    def __init__(self, *args: Any, company: Company, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.company = company

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        twin = Facility.objects.filter(company=self.company, name=name).exclude(pk=self.instance.pk)
        if twin.exists():
            raise forms.ValidationError(_now("You have a site of this name already. Give this one another name."))
        return name


SEALED_HINT = _("For vetting. Encrypted, and not shown again.")
KEPT_HINT = _("Given, and not shown again. Leave it empty to keep it.")


class PersonForm(KeepsVersion, forms.ModelForm):
    """A person of the company, with what vetting needs. The sealed values are write-only."""

    birth_date = forms.DateField(label=_("Date of birth"), required=False, help_text=SEALED_HINT, widget=day_input())
    birth_country = CountryField(blank=True).formfield(
        label=_("Country of birth"), required=False, help_text=SEALED_HINT
    )
    citizenship = CountryField(blank=True).formfield(label=_("Citizenship"), required=False, help_text=SEALED_HINT)
    document_kind = forms.ChoiceField(
        label=_("Travel document"),
        required=False,
        help_text=SEALED_HINT,
        choices=[
            ("", _("Choose")),
            ("passport", _("Passport")),
            ("identity_card", _("Identity card")),
            ("other", _("Other")),
        ],
    )
    document_number = forms.CharField(
        label=_("Number of that document"), required=False, max_length=40, help_text=SEALED_HINT
    )
    national_number = forms.CharField(
        label=_("Social security, RFC or trusted traveler number"), required=False, max_length=40, help_text=SEALED_HINT
    )

    class Meta:
        model = Person
        fields = ("name", "title", "email", "phone", "is_officer", "is_contact", "is_owner", "is_manager")
        help_texts = {
            "name": _("As in their passport or identity card."),
            "title": _("What they do for the company, such as Director of logistics."),
            "email": _("Where we can reach them. We write there only about the programme."),
            "phone": _("With the country code, such as +1 757 555 0100."),
            "is_officer": _("May bind the company and signs for it."),
            "is_contact": _("We turn to them first with questions."),
            "is_owner": _("Owns the company, alone or with others."),
            "is_manager": _("Leads staff who handle cargo, security or these records."),
        }

    def __init__(self, *args: Any, given: Iterable[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in given:
            self.fields[name].help_text = KEPT_HINT

    def clean_birth_date(self) -> Any:
        day = self.cleaned_data["birth_date"]
        if day and not 1900 < day.year <= timezone.localdate().year - 14:
            raise forms.ValidationError(_now("Check the date of birth: it can't be right."))
        return day

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if not any(cleaned.get(name) for name in ("is_officer", "is_contact", "is_owner", "is_manager")):
            self.add_error("is_officer", _now("Tick at least one: officer, contact, owner or manager."))
        return cleaned


INVITABLE = [
    (role.value, roles.label(role)) for role in (Role.OFFICER, Role.CONTACT, Role.COMPANY_USER, Role.CONSULTANT)
]


class RoleForm(PlainErrors, forms.Form):
    role = forms.ChoiceField(
        label=_("Role"), choices=INVITABLE, help_text=_("An officer signs. A consultant prepares, and never signs.")
    )


class InviteForm(RoleForm):
    until = forms.DateField(
        label=_("Until when a vessel agent may act for you"),
        required=False,
        help_text=_(
            "Needed for a vessel agent alone: the last day. An agent files and follows lane requests, no more."
        ),
        widget=day_input(),
    )
    email = forms.EmailField(
        label=_("E-mail address"), max_length=254, help_text=_("The invitation works for this address alone.")
    )
    field_order = ("email", "role", "until")

    def __init__(self, *args: Any, company: Company, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.company = company
        agent = (Role.VESSEL_AGENT.value, roles.label(Role.VESSEL_AGENT))
        self.fields["role"].choices = [*INVITABLE, agent]  # type: ignore[attr-defined]

    def clean_email(self) -> str:
        email = str(self.cleaned_data["email"]).lower()
        if Membership.objects.filter(company=self.company, user__email__iexact=email, ended_at=None).exists():
            raise forms.ValidationError(_now("This person works for your company here already. See the list above."))
        waiting = Invitation.objects.filter(company=self.company, email=email, accepted_at=None, revoked_at=None)
        if waiting.filter(expires_at__gt=timezone.now()).exists():
            raise forms.ValidationError(_now("An invitation to this address is open. Take it back before a new one."))
        return email


# What a partner's system may do beside looking, where an account lets it act: label and help.
ACTS = {
    "sea_carrier": (
        _("It may also file requests for the fast lane in your name"),
        _("The system then files and changes AQUA requests. You can take it back at once."),
    ),
    "marine_port_terminal_operator": (
        _("It also hears of the port calls at your terminals"),
        _("For your own terminal system: it is told which requests are approved, and which approvals fall."),
    ),
}


class ConsentForm(PlainErrors, forms.Form):
    partner = forms.ModelChoiceField(
        label=_("Partner system"),
        queryset=PartnerClient.objects.none(),
        empty_label=None,
        widget=forms.RadioSelect,
        help_text=_("It will see name, level, tier and standing of this account. Nothing else."),
    )

    acts = forms.BooleanField(required=False)

    def __init__(self, *args: Any, account: Account, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if (words := ACTS.get(account.entity_type)) is not None:
            self.fields["acts"].label, self.fields["acts"].help_text = words
        else:
            del self.fields["acts"]
        taken = Consent.objects.filter(account=account, revoked_at=None).values("partner_id")
        partners = (
            PartnerClient.objects.filter(is_active=True, is_sandbox=False)
            .exclude(pk__in=taken)
            .order_by("organisation")
        )
        self.fields["partner"].queryset = partners  # type: ignore[attr-defined]
