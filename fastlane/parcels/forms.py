"""The form that takes a file of parcels; what kind and size it may have is the operation's to say."""

from __future__ import annotations

from django import forms
from django.conf import settings
from django.utils.functional import lazystr
from django.utils.translation import gettext_lazy as _

from fastlane.parcels.life import MOST_ROWS

HINT = _("CSV (UTF-8) or Parquet, up to %(size)s MB and %(rows)s parcels. Columns as listed below.")


def _hint() -> str:
    return HINT % {"size": settings.PARCELS_MAX_BYTES // 1_048_576, "rows": f"{MOST_ROWS:,}"}


class UploadForm(forms.Form):
    file = forms.FileField(
        label=_("File of parcels"),
        max_length=300,
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".csv,.parquet"}),
        error_messages={
            "required": _("Choose a file first."),
            "max_length": _("The file's name is too long. Shorten it to 300 characters."),
        },
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["file"].help_text = lazystr(_hint())
