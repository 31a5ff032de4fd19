"""Every field of every form about WHO refuses what is wrong, in words that say what to do, and clears nothing."""

from __future__ import annotations

import inspect

import pytest
from django import forms

from accounts import forms as ours
from accounts.models import Account, Company
from tests.builders import system

MODULE = [form for _, form in inspect.getmembers(ours, inspect.isclass) if form.__module__ == ours.__name__]
FORMS = [form for form in MODULE if issubclass(form, forms.Form | forms.ModelForm)]
NEEDS = {ours.FacilityForm: "company", ours.InviteForm: "company", ours.ConsentForm: "account"}


def build(form: type[forms.BaseForm], data: dict[str, str] | None = None) -> forms.BaseForm:
    more = {"company": Company(pk=1), "account": Account(pk=1, company_id=1)}
    need = NEEDS.get(form)
    return form(data, **({need: more[need]} if need else {}))


def wrong_values(field: forms.Field) -> list[str]:
    """What nobody may enter here, drawn from the field itself."""
    wrong = [""] if field.required and not isinstance(field, forms.BooleanField) else []
    if isinstance(field, forms.ChoiceField | forms.ModelChoiceField):
        return [*wrong, "no such choice"]
    if isinstance(field, forms.DateField | forms.IntegerField):
        return [*wrong, "наугад", "2026-13-45", "-1"]
    if isinstance(field, forms.EmailField | forms.URLField):
        wrong.append("not one")
    if isinstance(field, forms.CharField):
        wrong.append("a\x00b")
        if field.max_length:
            wrong.append("x" * (field.max_length + 1))
    return wrong


CASES = [
    pytest.param(form, name, value, id=f"{form.__name__}.{name}={value[:12]!a}")
    for form in FORMS
    for name, field in form.base_fields.items()
    for value in wrong_values(field)
]


@pytest.mark.parametrize(("form", "name", "value"), CASES)
def test_a_wrong_value_is_refused_at_its_field_and_kept(db, form, name, value):
    with system():
        posted = build(form, {name: value})
        assert posted.errors.get(name), "taken for right"
        page = str(posted)
    bound = posted[name]
    if not bound.is_hidden:
        assert f'id="{bound.auto_id}_error"' in page
        assert "usa-form-group--error" in page
    assert bound.value() == value
    assert "This field" not in " ".join(posted.errors[name]), "the sentence doesn't name the field"


def test_the_generator_finds_every_form_and_would_notice_a_lax_field():
    assert {"CompanyForm", "PersonForm", "FacilityForm", "InviteForm", "RegisterForm"} <= {f.__name__ for f in FORMS}

    class Lax(forms.Form):
        email = forms.CharField(required=False)

    assert wrong_values(Lax.base_fields["email"])
    assert not Lax({"email": "not one"}).errors


@pytest.mark.parametrize("form", FORMS)
def test_every_field_has_a_name_and_a_hint(db, form):
    with system():
        for bound in build(form).visible_fields():
            assert bound.label, bound.name
            assert bound.help_text, f"{form.__name__}.{bound.name} has no hint"
            assert f'aria-describedby="{bound.auto_id}_helptext"' in str(build(form)), bound.name
