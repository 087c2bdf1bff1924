"""The board's forms with days and people."""

from typing import Any

from django import forms
from django.db.models.functions import Lower

from articles.models import Specialty
from oracle import clock
from oracle.audit.forms import DayField

from .assignment import ANSWER_WITHIN, REVIEW_WITHIN


class DaysForm(forms.Form):
    """Until when a reviewer answers, and until when they review."""

    answer_by = DayField(label="Answer by", required=True)
    review_by = DayField(label="Review by", required=True)

    @classmethod
    def proposed(cls, **kwargs: Any) -> "DaysForm":
        """With sensible days from today."""
        today = clock.today()
        return cls(initial={"answer_by": today + ANSWER_WITHIN, "review_by": today + REVIEW_WITHIN}, **kwargs)


class OtherDaysForm(forms.Form):
    """Days in place of others; an empty one stays as it is."""

    answer_by = DayField()
    review_by = DayField()


class OutsideForm(DaysForm):
    """Who is named from outside the board, and why."""

    email = forms.EmailField(label="E-mail", max_length=254, help_text="The person signs in with it.")
    name = forms.CharField(
        max_length=200,
        required=False,
        help_text="As printed on the signature. An account with this e-mail keeps its own.",
    )
    credentials = forms.CharField(max_length=120, help_text="As printed after the name, for example “MD, PhD”.")
    specialty = forms.ChoiceField()
    reason = forms.CharField(
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        label="Why somebody from outside",
        help_text="It stays on record.",
    )
    field_order = ("email", "name", "credentials", "specialty", "reason", "answer_by", "review_by")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = Specialty.objects.order_by(Lower("name")).values_list("slug", "name")
        self.fields["specialty"].choices = [("", "Choose"), *names]  # type: ignore[attr-defined]


class AwayForm(forms.Form):
    """Until when a member is away."""

    until = DayField(label="Away until", help_text="This day included. Empty means that you are here.")
