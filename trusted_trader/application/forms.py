"""Forms of the company side: they validate, and what they hold goes to one operation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts import identifiers
from accounts.models import Account, Company, Facility
from trusted_trader import entity_types
from trusted_trader.application.models import BusinessPartner, Conveyance, Evidence, Response
from trusted_trader.application.wording import PROFILE_TEXTS
from trusted_trader.checks.facts import PROFILE_QUESTIONS
from trusted_trader.entity_types import EntityType

YES_NO = [("yes", _("Yes")), ("no", _("No"))]


class YesNoField(forms.ChoiceField):
    """Yes or no as two radio buttons; an empty answer stays open (None)."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=YES_NO, widget=forms.RadioSelect, **kwargs)

    def clean(self, value: Any) -> bool | None:
        chosen = super().clean(value)
        return {"yes": True, "no": False}.get(chosen)


def yes_no(value: bool | None) -> str:
    return {True: "yes", False: "no"}.get(value, "")  # type: ignore[call-overload, no-any-return]


class OpenAccountForm(forms.Form):
    """Choose the entity type of a new account; types the company has already are left out."""

    entity_type = forms.ChoiceField(
        label=_("What does your company do in the supply chain?"),
        widget=forms.RadioSelect,
        help_text=_("Each kind of work has its own account and its own criteria. You can open another one later."),
        error_messages={"required": _("Choose what your company does, then go on.")},
    )

    def __init__(self, *args: Any, company: Company, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        taken = set(Account.objects.filter(company=company).values_list("entity_type", flat=True))
        field = self.fields["entity_type"]
        field.choices = [pair for pair in entity_types.choices() if pair[0] not in taken]  # type: ignore[attr-defined]


class IdentifiersForm(forms.Form):
    """The numbers an entity type needs, and those it may give. What is sensitive is never shown again."""

    def __init__(self, *args: Any, account: Account, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.account = account
        facts = entity_types.for_type(EntityType(account.entity_type))
        self.held = {row.scheme: row for row in account.identifiers.all()}
        alternatives = {s: need for need in facts.required if isinstance(need, tuple) for s in need}
        single = {need for need in facts.required if isinstance(need, str)}
        for code in facts.schemes:
            scheme = identifiers.SCHEMES[code]
            held = self.held.get(code)
            hint = _now(scheme.hint)
            if code in alternatives:
                names = " / ".join(identifiers.SCHEMES[s].title for s in alternatives[code])
                hint = f"{hint} " + _now("One of these is enough: %(names)s.") % {"names": names}
            elif code not in single:
                hint = f"{hint} " + _now("Optional.")
            if held and scheme.sensitive:
                hint = f"{hint} " + _now("We hold %(shown)s. Leave empty to keep it.") % {"shown": held.shown}
            self.fields[code] = forms.CharField(
                label=_now(scheme.title),
                required=False,
                max_length=60,
                help_text=hint,
                initial="" if held is None or scheme.sensitive else held.shown,
                widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
            )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        for code in self.fields:
            raw = (cleaned.get(code) or "").strip()
            problem = identifiers.check(code, raw) if raw else None
            if problem:
                self.add_error(code, _now(problem.message) % problem.params)
        return cleaned

    def changes(self) -> Mapping[str, str]:
        """Scheme and what was entered, for every number that was given or taken away."""
        return {
            code: value
            for code, value in self.cleaned_data.items()
            if value or (code in self.held and not identifiers.SCHEMES[code].sensitive)
        }


class EligibilityForm(forms.Form):
    """The eligibility questions of an entity type; open ones may be left for later."""

    def __init__(self, *args: Any, entity_type: str, answers: Mapping[str, bool | None], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for question in entity_types.for_type(EntityType(entity_type)).questions:
            self.fields[question.code] = YesNoField(
                label=_now(question.text),
                help_text=_now(question.why),
                required=False,
                initial=yes_no(answers.get(question.code)),
            )
            self.fields[question.code].expected = True  # type: ignore[attr-defined]


class ProfileForm(forms.Form):
    """Yes/no questions about how the company works; they tell which criteria can apply."""

    def __init__(self, *args: Any, answers: Mapping[str, bool | None], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for code in PROFILE_QUESTIONS:
            self.fields[code] = YesNoField(label=PROFILE_TEXTS[code], required=False, initial=yes_no(answers.get(code)))


class AgreementForm(forms.Form):
    version = forms.CharField(widget=forms.HiddenInput)
    typed_name = forms.CharField(
        label=_("Type your full name to sign"),
        max_length=120,
        help_text=_(
            "Exactly as it stands in your account. We keep it with the time, your network address and the text's hash."
        ),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )


class AnswerForm(forms.Form):
    """The answer to one criterion. Everything may be saved half done; what is missing is told beside it."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    state = forms.ChoiceField(
        label=_("Is this in place?"),
        required=False,
        choices=[c for c in Response.State.choices if c[0]],
        widget=forms.RadioSelect,
    )
    text = forms.CharField(
        label=_("How do you meet it?"),
        required=False,
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_("Say who does what, where, how often, and how you know it works. Up to 10,000 characters."),
    )
    because = forms.CharField(
        label=_("If it does not apply: because …"),
        required=False,
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    evidence = forms.ModelMultipleChoiceField(
        label=_("Documents that show it"),
        required=False,
        queryset=Evidence.objects.none(),
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, library: QuerySet[Evidence], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["evidence"].queryset = library  # type: ignore[attr-defined]
        # A draft may be saved without them, yet they are no options: what is missing is told beside the form.
        for name in ("state", "text"):
            self.fields[name].expected = True  # type: ignore[attr-defined]


class EvidenceDetailsForm(forms.Form):
    """What is said about a document."""

    title = forms.CharField(
        label=_("Title"), max_length=150, required=False, help_text=_("For example: Seal procedure, 2026.")
    )
    issued_on = forms.DateField(
        label=_("Date of the document"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("The day it was issued or the photo was taken."),
    )
    expires_on = forms.DateField(
        label=_("Valid until"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("If it ends."),
    )
    facility = forms.ModelChoiceField(
        label=_("Site it is about"),
        required=False,
        queryset=Facility.objects.none(),
        empty_label=_("The whole company"),
    )

    def __init__(self, *args: Any, company: Company, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["facility"].queryset = Facility.objects.filter(company=company).order_by("name")  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        issued, expires = cleaned.get("issued_on"), cleaned.get("expires_on")
        if issued and expires and expires < issued:
            self.add_error("expires_on", _now("This day lies before the date of the document. Check both days."))
        return cleaned


class UploadForm(EvidenceDetailsForm):
    file = forms.FileField(
        label=_("File"),
        max_length=300,
        allow_empty_file=True,
        help_text=_(
            "PDF, JPEG, PNG, WebP, DOCX, XLSX, PPTX, ODT, CSV or TXT, up to 25 MB. One document serves many answers."
        ),
        error_messages={"required": _("Choose a file first.")},
    )
    field_order = ("file", "title", "issued_on", "expires_on", "facility")


class BusinessPartnerForm(forms.ModelForm):
    class Meta:
        model = BusinessPartner
        fields = ("name", "kind", "country", "certified_claim", "programme_country", "certificate")


class ConveyanceForm(forms.ModelForm):
    class Meta:
        model = Conveyance
        fields = ("kind", "count")
        help_texts = {"kind": _("For example: tractors, trailers, container vessels, railcars.")}


class SheetForm(forms.Form):
    file = forms.FileField(
        label=_("Your spreadsheet"),
        max_length=300,
        help_text=_("The file you took out here (XLSX), or the same columns as CSV."),
    )


class SubmitForm(forms.Form):
    sworn_version = forms.CharField(widget=forms.HiddenInput)
    sworn = forms.BooleanField(
        label=_("I have read the statement above and swear to it for my company"),
        error_messages={"required": _("Tick the box to swear to the statement, then submit.")},
    )


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("Why?"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Say in a few words why.")},
    )


class CopyForm(forms.Form):
    source = forms.ModelChoiceField(label=_("Take the answers from"), queryset=Account.objects.none(), empty_label=None)

    def __init__(self, *args: Any, account: Account, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = Account.objects.filter(company_id=account.company_id).exclude(pk=account.pk)
        self.fields["source"].queryset = others  # type: ignore[attr-defined]
