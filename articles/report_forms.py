"""The forms about a reader's report."""

from typing import Any

from django import forms

from oracle.accounts.models import User

from .forms import LONGEST_REASON
from .models import Report, Result, Severity


class OfReport(forms.Form):
    """A form about a report; `seen` is the report's stamp when it was made. Two of them stand on one page."""

    seen = forms.CharField(widget=forms.HiddenInput, max_length=200)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.auto_id = f"{type(self).__name__.lower()}_%s"


class TriageForm(OfReport):
    """What a report is about."""

    severity = forms.ChoiceField(label="What is it about?", choices=Severity.choices, widget=forms.RadioSelect)

    def apply(self, report: Report, by: User) -> None:
        """Note it."""
        report.triage(self.cleaned_data["severity"], by=by, seen=self.cleaned_data["seen"])


class OutcomeForm(OfReport):
    """What came of a report."""

    outcome = forms.ChoiceField(label="What came of it?", choices=Result.choices, widget=forms.RadioSelect)
    note = forms.CharField(
        required=False,
        max_length=LONGEST_REASON,
        widget=forms.Textarea({"rows": 2}),
        help_text="It stays when the reader’s words are erased: name no reader here.",
    )

    def apply(self, report: Report, by: User) -> None:
        """Note it."""
        given = self.cleaned_data
        report.close(given["outcome"], by=by, seen=given["seen"], note=given["note"])
