"""The board's forms with days and people."""

from django import forms

from oracle.audit.forms import DayField


class AwayForm(forms.Form):
    """Until when a member is away."""

    until = DayField(label="Away until", help_text="This day included. Empty means that you are here.")
