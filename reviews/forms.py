"""The board's forms with days and people."""

from typing import Any

from django import forms

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


class AwayForm(forms.Form):
    """Until when a member is away."""

    until = DayField(label="Away until", help_text="This day included. Empty means that you are here.")
