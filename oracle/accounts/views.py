"""Sign-in, and the administrator's page of people."""

from typing import Any, cast

from allauth.account.views import LoginView, PasswordChangeView, PasswordResetFromKeyView
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from oracle.refusals import NotAllowed, Refusal

from . import invitations, losses
from . import people as verbs
from .demonstration import DEMONSTRATION_ACCOUNTS
from .forms import InviteForm, MailForm, ReasonForm, RolesForm
from .history import story_of
from .models import Role, User

LINK = "first_password_link"
# Four forms of the page ask for a reason; their fields need ids of their own.
ACCOUNT, NEW_LINK, FACTORS = "account_%s", "link_%s", "factors_%s"
AT_FACTORS = ("lost", "factors")


class SignInView(LoginView):  # type: ignore[misc]
    """allauth's sign-in; in DEBUG it lists the demonstration accounts."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The form, and the people to sign in as."""
        accounts = DEMONSTRATION_ACCOUNTS if settings.DEBUG else ()
        return {**super().get_context_data(**kwargs), "demonstration_accounts": accounts}


sign_in = SignInView.as_view()


class OneSentence:
    """A field with errors says in them what is wanted; its help would say it a second time."""

    def get_form(self, form_class: Any = None) -> Any:
        """allauth's form, without the help of the fields that were refused."""
        form = super().get_form(form_class)  # type: ignore[misc]
        for name in form.errors.keys() & form.fields.keys():
            form[name].help_text = ""
        return form


class ChangePasswordView(OneSentence, PasswordChangeView):  # type: ignore[misc]
    """allauth's page for a person's own new password."""


class SetPasswordView(OneSentence, PasswordResetFromKeyView):  # type: ignore[misc]
    """allauth's page behind the link for a password."""


change_password = ChangePasswordView.as_view()
set_password = SetPasswordView.as_view()


@require_http_methods(["GET", "HEAD", "POST"])
def mail_choice(request: HttpRequest) -> HttpResponse:
    """How often one's own mail comes."""
    user = cast(User, request.user)
    form = MailForm(request.POST if request.method == "POST" else None, initial={"mail": user.mail})
    if request.method == "POST" and form.is_valid():
        verbs.choose_mail(user, form.cleaned_data["mail"])
        messages.success(request, "Your choice is saved.")
        return redirect("mail_choice")
    return render(request, "people/mail_choice.html", {"form": form}, status=422 if form.errors else 200)


@require_safe
def people(request: HttpRequest) -> HttpResponse:
    """The list of accounts is in the back office."""
    _administrator(request)
    return redirect("office:accounts_user_changelist")


@require_http_methods(["GET", "HEAD", "POST"])
def invite(request: HttpRequest) -> HttpResponse:
    """Make an account and a link for its first password."""
    administrator = _administrator(request)
    form = InviteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            invited = invitations.invite(**form.cleaned_data, by=administrator)
        except Refusal as refusal:
            form.add_error(None, refusal.sentence)
        else:
            _hand_out_link(request, invited)
            return redirect("person", invited.pk)
    return render(request, "people/invite.html", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def person(request: HttpRequest, person: int) -> HttpResponse:
    """One account: its roles, and whether it is active."""
    administrator = _administrator(request)
    subject = get_object_or_404(User, pk=person)
    if request.method == "POST":
        return _change(request, subject, administrator)
    return _page(request, subject)


@require_POST
def new_link(request: HttpRequest, person: int) -> HttpResponse:
    """A new link for a first password; the old password no longer works."""
    administrator = _administrator(request)
    subject = get_object_or_404(User, pk=person)
    form = ReasonForm(request.POST, auto_id=NEW_LINK)
    if not form.is_valid():
        return _page(request, subject, "link", form, 422)
    subject = verbs.void_password(subject, by=administrator, **form.cleaned_data)
    _hand_out_link(request, subject)
    return redirect("person", subject.pk)


def _administrator(request: HttpRequest) -> User:
    if not (request.user.is_authenticated and request.user.has_role(Role.ADMINISTRATOR)):
        raise Http404
    return request.user


def _change(request: HttpRequest, subject: User, administrator: User) -> HttpResponse:
    action = request.POST.get("do", "")
    at = FACTORS if action in AT_FACTORS else ACCOUNT
    form = RolesForm(request.POST) if action == "roles" else ReasonForm(request.POST, auto_id=at)
    if not form.is_valid():
        return _page(request, subject, action, form, 422)
    try:
        sentence = _do(request, action, subject, administrator, form.cleaned_data)
    except Refusal as refusal:
        form.add_error(None, refusal.sentence)
        return _page(request, subject, action, form, refusal.status)
    messages.success(request, sentence)
    return redirect("person", subject.pk)


def _do(request: HttpRequest, action: str, subject: User, by: User, data: dict[str, Any]) -> str:
    if action == "roles":
        return f"The roles of {subject.name} are now: {verbs.change_roles(subject, by=by, **data).roles_in_words}."
    if action == "deactivate":
        verbs.deactivate(subject, by=by, **data)
        return f"The account of {subject.name} is deactivated and signed out everywhere."
    if action == "reactivate":
        _hand_out_link(request, verbs.reactivate(subject, by=by, **data))
        return f"The account of {subject.name} is active again; the old password is void, a link sets a new one."
    if action == "lost":
        if subject.pk == by.pk:
            raise NotAllowed("Report your own loss on your page “Account”.")
        losses.report(subject, by=by, **data)
        return f"Reported. {subject.name} is signed out everywhere and can sign nothing."
    if action == "factors":
        losses.take_away(subject, by=by, **data)
        return f"The second factors of {subject.name} are taken away; they sign in by password and set up new ones."
    raise Refusal(f"There is no step called “{action}” for an account.")


def _page(
    request: HttpRequest, subject: User, action: str = "", form: ReasonForm | None = None, status: int = 200
) -> HttpResponse:
    context = {
        "subject": subject,
        "own": subject.pk == cast(User, request.user).pk,
        "link": request.session.pop(f"{LINK}_{subject.pk}", None),
        "roles_form": form if action == "roles" else RolesForm(initial={"roles": subject.roles}),
        "account_form": form if form and action not in ("roles", "link", *AT_FACTORS) else ReasonForm(auto_id=ACCOUNT),
        "factors_form": form if action in AT_FACTORS else ReasonForm(auto_id=FACTORS),
        "link_form": form if action == "link" else ReasonForm(auto_id=NEW_LINK),
        "story": story_of(subject),
    }
    return render(request, "people/person.html", context, status=status)


@sensitive_variables("link")
def _hand_out_link(request: HttpRequest, subject: User) -> None:
    # By mail; where there is no mail server also on the next page, once.
    link = request.build_absolute_uri(invitations.path_of(subject))
    invitations.send(subject, link)
    if settings.EMAIL_HOST:
        messages.success(request, f"A link for a first password is on its way to {subject.email}.")
    else:
        request.session[f"{LINK}_{subject.pk}"] = link
