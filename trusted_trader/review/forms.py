"""Forms of the review: they read and check what was typed; operations do the rest."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms import PlainErrors, day_input
from accounts.models import Account, Facility
from trusted_trader import programme
from trusted_trader.review import queries
from trusted_trader.review.models import Verdict
from trusted_trader.review.saved import COLUMNS
from trusted_trader.validation.models import Validation

OUTCOMES = {"certify": _("Certify"), "refuse": _("Refuse")}


def _long(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class VerdictForm(forms.Form):
    word = forms.ChoiceField(
        label=_("Verdict"),
        choices=Verdict.Word.choices,
        error_messages={"required": _("Choose accepted or not accepted.")},
    )
    comment = forms.CharField(label=_("Comment to the company"), max_length=2000, required=False)
    private = forms.CharField(label=_("Private remark"), max_length=2000, required=False)


class AskForm(forms.Form):
    """The information request: a question at each answer that is to be reopened, and a message for all."""

    message = forms.CharField(
        label=_("Message to the company"),
        max_length=4000,
        required=False,
        widget=_long(3),
        help_text=_("Stands above the questions in the letter. It may stay empty."),
    )

    def __init__(self, data: Any = None, *, numbers: list[str]) -> None:
        super().__init__(data, auto_id="ask_%s")
        for number in numbers:
            self.fields[f"question-{number}"] = forms.CharField(max_length=2000, required=False)

    @property
    def questions(self) -> dict[str, str]:
        """Number and question, of those that were written."""
        found = {
            name.partition("-")[2]: text for name, text in self.cleaned_data.items() if name.startswith("question-")
        }
        return {number: text for number, text in found.items() if text}


class LetterForm(forms.Form):
    """Outcome, reasons and letter, of a recommendation or a decision."""

    outcome = forms.ChoiceField(choices=OUTCOMES.items(), widget=forms.HiddenInput)
    reasons = forms.MultipleChoiceField(
        label=_("Reasons"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("The company reads them. “Fill the letter” writes them into the letter."),
    )
    letter = forms.CharField(
        label=_("Letter"),
        max_length=10_000,
        widget=_long(16),
        help_text=_("An empty line begins a new paragraph."),
        error_messages={"required": _("Write the letter, or fill it from the reasons.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="decision_%s", **kwargs)
        self.fields["reasons"].choices = [(code, _(text)) for code, text in programme.refusal_reasons().items()]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("outcome") == "certify":
            data["reasons"] = []
        elif not data.get("reasons") and "reasons" not in self.errors:
            self.add_error("reasons", _("Choose at least one reason for the refusal."))
        return data


class ReturnForm(forms.Form):
    reason = forms.CharField(
        label=_("What should the reviewer look at again?"),
        max_length=2000,
        widget=_long(3),
        error_messages={"required": _("Say what the reviewer should look at again.")},
    )


class NoteForm(forms.Form):
    text = forms.CharField(
        label=_("Note"),
        max_length=4000,
        widget=_long(3),
        help_text=_("Only staff read it. Write @ and a colleague's e-mail address to tell that person."),
        error_messages={"required": _("Write the note first.")},
    )


class FlagForm(forms.Form):
    title = forms.CharField(
        label=_("Flag"),
        max_length=120,
        help_text=_("What to mind, in a few words."),
        error_messages={"required": _("Name the flag.")},
    )
    owner = forms.ModelChoiceField(label=_("Who looks after it"), queryset=None)
    ends_on = forms.DateField(
        label=_("Until"), required=False, widget=forms.DateInput(attrs={"type": "date"}), help_text=_("May stay empty.")
    )
    blocks_decision = forms.BooleanField(label=_("It holds the decision up"), required=False)
    company_word = forms.CharField(
        label=_("What the company reads"),
        max_length=300,
        required=False,
        help_text=_("Needed when the flag holds the decision up. Plain words, no names."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="flag_%s", **kwargs)
        self.fields["owner"].queryset = queries.colleagues()  # type: ignore[attr-defined]


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=2000, error_messages={"required": _("Say why.")})


class ReassignForm(forms.Form):
    reviewer = forms.ModelChoiceField(
        label=_("Give the case to"), queryset=None, error_messages={"required": _("Choose a specialist.")}
    )
    reason = forms.CharField(
        label=_("Reason"), max_length=300, required=False, help_text=_("The new reviewer reads it.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["reviewer"]
        field.queryset = queries.specialists()  # type: ignore[attr-defined]
        field.label_from_instance = _with_load  # type: ignore[attr-defined]


def _with_load(user: Any) -> str:
    return _("%(who)s (%(count)s open cases)") % {"who": user, "count": user.open_cases or 0}


class BulkFlagForm(FlagForm):
    owner = None  # type: ignore[assignment]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        forms.Form.__init__(self, *args, auto_id="flag_%s", **kwargs)


class SaveFilterForm(forms.Form):
    name = forms.CharField(
        label=_("Name of the filter"), max_length=60, error_messages={"required": _("Give the filter a name.")}
    )
    shared = forms.BooleanField(label=_("Share it with all staff"), required=False)


class SettingsForm(forms.Form):
    columns = forms.MultipleChoiceField(
        label=_("Columns"), choices=COLUMNS.items(), required=False, widget=forms.CheckboxSelectMultiple
    )
    keys = forms.BooleanField(label=_("Single keys work (j, k, o, a, / and ?)"), required=False)
    opens_with = forms.ModelChoiceField(
        label=_("The queue opens with"), queryset=None, required=False, empty_label=_("All open cases")
    )

    def __init__(self, *args: Any, filters: Any, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="setting_%s", **kwargs)
        self.fields["opens_with"].queryset = filters  # type: ignore[attr-defined]


class ConcludeForm(forms.Form):
    cleared = forms.ChoiceField(
        label=_("Conclusion"),
        choices=[("yes", _("Passed")), ("no", _("Not passed"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose passed or not passed.")},
    )
    conclusion = forms.CharField(
        label=_("What was checked, and what it showed"),
        max_length=4000,
        widget=_long(5),
        error_messages={"required": _("Write what was checked and what it showed.")},
    )


class RevealForm(forms.Form):
    reason = forms.CharField(
        label=_("Why you need to see it"),
        max_length=300,
        help_text=_("It stays on record. The person may ask who looked."),
        error_messages={"required": _("Say why you need to see these details.")},
    )


class ProposeForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"),
        max_length=2000,
        widget=_long(3),
        help_text=_("The member reads it, and it stays on record."),
        error_messages={"required": _("Give the reason.")},
    )
    letter = forms.CharField(
        label=_("Letter"),
        max_length=10_000,
        widget=_long(12),
        help_text=_("An empty line begins a new paragraph."),
        error_messages={"required": _("Write the letter, or fill it from the reason.")},
    )


class ValidationForm(PlainErrors, forms.ModelForm):
    """A validation that has taken place, as a specialist records it."""

    class Meta:
        model = Validation
        fields = ("visited_on", "basis", "sites", "summary")
        widgets = {
            "visited_on": day_input(),
            "sites": forms.CheckboxSelectMultiple,
            "summary": forms.Textarea(attrs={"rows": 4}),
        }
        help_texts = {
            "visited_on": _("The last day, if it took several."),
            "basis": _("On what the validation rests."),
            "sites": _("Every site that was seen."),
            "summary": _("What was seen and what it showed. The supervisor reads it."),
        }

    def __init__(self, *args: Any, account: Account, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["sites"].queryset = Facility.objects.filter(company=account.company_id).order_by("name")  # type: ignore[attr-defined]
        self.fields["sites"].required = False  # the operation says when they are needed
