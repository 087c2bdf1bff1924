"""The administrator's forms. None has a password: people choose their own."""

import logging
from typing import Any

from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.base.internal.flows import check_rate_limit
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.forms import AuthenticateWebAuthnForm
from django import forms

from .factors import APP, use_code
from .models import Mail, Role, User

log = logging.getLogger("oracle.sign_in")


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


class CodeForm(AuthenticateForm):  # type: ignore[misc]
    """At sign-in, after the password: a code of the app or a recovery code, each taken once (MFA_FORMS)."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        widget = self.fields["code"].widget
        widget.attrs = {"autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": True, "maxlength": "20"}
        self.fields["code"].help_text = "Without the app, a recovery code. Each works once."

    def clean_code(self) -> str:
        """The code, used up; allauth's own would take it again in another process."""
        clear = check_rate_limit(self.user)
        used = use_code(self.user, self.cleaned_data["code"])
        if used is None:
            log.warning("sign-in refused to account %d, factor code", self.user.pk)
            raise forms.ValidationError("The code is not right, or was used before. Wait for the next one.")
        clear()
        kind = APP if used == "code" else Authenticator.Type.RECOVERY_CODES
        self.authenticator = Authenticator.objects.get(user_id=self.user.pk, type=kind)
        return str(self.cleaned_data["code"])


class PasskeyForm(AuthenticateWebAuthnForm):  # type: ignore[misc]
    """At sign-in, after the password: a passkey in place of the code (MFA_FORMS)."""

    def clean_credential(self) -> Any:
        """The passkey that answered; whatever else a stranger sends is refused."""
        try:
            return super().clean_credential()
        except (forms.ValidationError, KeyError, AttributeError, TypeError, ValueError):
            log.warning("sign-in refused to account %d, factor passkey", self.user.pk)
            raise forms.ValidationError("The passkey did not prove that it is you. Try again, or use a code.") from None


class AppForm(forms.Form):
    """The code that a new authenticator app shows."""

    app_code = forms.CharField(
        label="Code that the app shows now",
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )


class NameForm(forms.Form):
    """What a passkey is called in the person's own list."""

    name = forms.CharField(max_length=60, required=False, help_text="So that you know it again, such as “Telephone”.")


class MailForm(forms.Form):
    """How often mail comes."""

    mail = forms.ChoiceField(label="How often?", choices=Mail.choices, widget=forms.RadioSelect)
