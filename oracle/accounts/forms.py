"""The administrator's forms. None has a password: people choose their own."""

from typing import Any

from django import forms

from .models import Mail, Role, User


class RoleField(forms.MultipleChoiceField):
    """Any of the roles, as boxes to tick."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=Role.choices, required=False, **kwargs)


class InviteForm(forms.Form):
    """Who is invited, and as what."""

    email = forms.EmailField(label="E-mail", max_length=254, help_text="The person signs in with it.")
    name = forms.CharField(max_length=200, help_text="As it is printed on signatures and in the record.")
    roles = RoleField()

    def clean_email(self) -> str:
        """The address in small letters; one that has an account is refused."""
        email = str(self.cleaned_data["email"]).lower()
        if User.objects.filter(email__iexact=email).exists():
            raise forms.ValidationError("There is an account with this address already: back office, Accounts.")
        return email


class ReasonForm(forms.Form):
    """A reason, kept on record."""

    reason = forms.CharField(max_length=2000, widget=forms.Textarea(attrs={"rows": 2}), help_text="It stays on record.")


class RolesForm(ReasonForm):
    """The roles of a person, and why they change."""

    roles = RoleField()
    field_order = ("roles", "reason")


class MailForm(forms.Form):
    """How often mail comes."""

    mail = forms.ChoiceField(label="How often?", choices=Mail.choices, widget=forms.RadioSelect)
