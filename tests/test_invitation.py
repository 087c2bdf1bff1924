"""Invitations: an account without a password, and a link for the first one, which works once, for one person."""

import re
from typing import Any

import pytest
from allauth.account.utils import user_pk_to_url_str
from django.test import Client
from django.urls import reverse

from oracle.accounts import invitations
from oracle.accounts.models import User
from oracle.outbox.models import Outbox
from oracle.refusals import NotAllowed, Refusal
from tests import cast

pytestmark = pytest.mark.django_db
CHOSEN = "a password of one's own"
NEWCOMER = {"email": "Nora@Example.org", "name": "Nora  Newcomer", "roles": ["editor", "auditor"]}


@pytest.fixture(autouse=True)
def mail_goes_to_the_outbox(settings: Any) -> None:
    settings.EMAIL_BACKEND = "oracle.outbox.backend.OutboxBackend"
    settings.EMAIL_HOST = "mail.example.org"


def invite(administrator: User, **changes: Any) -> Client:
    client = cast.sign_in(Client(), administrator)
    assert client.post(reverse("invite"), NEWCOMER | changes).status_code == 302
    return client


def mailed_link() -> str:
    found = re.search(r"https?://\S+", Outbox.objects.latest("id").body)
    assert found
    return found[0].removeprefix("http://testserver")


def choose_password(client: Client, link: str, password: str = CHOSEN) -> str:
    form = client.get(link, follow=True)
    address = form.request["PATH_INFO"]
    asked = {"password1": password, "password2": password}
    return client.post(address, asked, follow=True).content.decode()


def can_sign_in(email: str, password: str) -> bool:
    client = Client()
    client.post(reverse("account_login"), {"login": email, "password": password})
    return "_auth_user_id" in client.session


def test_from_the_invitation_to_the_first_sign_in(administrator: User) -> None:
    invite(administrator)
    nora = User.objects.get(email="nora@example.org")
    assert (nora.name, nora.roles, nora.has_usable_password()) == ("Nora Newcomer", ["editor", "auditor"], False)
    message = Outbox.objects.get()
    assert (message.to, message.subject) == (["nora@example.org"], "Your account at Oracle")
    assert "The password is set" in choose_password(Client(), mailed_link())
    assert can_sign_in("nora@example.org", CHOSEN)


def test_the_record_tells_who_invited_and_that_a_password_was_set(administrator: User) -> None:
    invite(administrator)
    choose_password(Client(), mailed_link())
    nora = User.objects.get(email="nora@example.org")
    rows = User.history.filter(id=nora.pk).order_by("history_id")
    told = [(row.history_event, row.history_user_id) for row in rows]
    assert told == [("user.invite", administrator.pk), ("user.password", nora.pk)]
    columns = {field.attname for field in rows.model._meta.concrete_fields}
    assert {"password", "last_login"} & columns == set()


def test_the_link_works_once(administrator: User) -> None:
    invite(administrator)
    link = mailed_link()
    choose_password(Client(), link)
    assert "This link no longer works" in Client().get(link, follow=True).content.decode()
    assert can_sign_in("nora@example.org", CHOSEN)


def test_the_link_runs_out(administrator: User, settings: Any) -> None:
    invite(administrator)
    settings.PASSWORD_RESET_TIMEOUT = -1
    assert "This link no longer works" in Client().get(mailed_link(), follow=True).content.decode()


def test_a_forged_link_does_not_work(administrator: User, chair: User) -> None:
    invite(administrator)
    link = mailed_link()
    nora, other = User.objects.get(email="nora@example.org"), user_pk_to_url_str(chair)
    forged = link.replace(f"/{user_pk_to_url_str(nora)}-", f"/{other}-")
    assert forged != link
    assert "This link no longer works" in Client().get(forged, follow=True).content.decode()


def test_a_short_password_is_refused(administrator: User) -> None:
    invite(administrator)
    page = choose_password(Client(), mailed_link(), "fourteen chars")
    assert "This password is too short. It must contain at least 15 characters." in page
    assert not can_sign_in("nora@example.org", "fourteen chars")


def test_the_length_of_a_password_is_said_once(administrator: User, editor: User) -> None:
    invite(administrator)
    link, client = mailed_link(), cast.sign_in(Client(), editor)
    change = reverse("account_change_password")
    short = {"oldpassword": cast.PASSWORD, "password1": "fourteen chars", "password2": "fourteen chars"}
    pages = [
        Client().get(link, follow=True).content.decode(),
        choose_password(Client(), link, "fourteen chars"),
        client.get(change).content.decode(),
        client.post(change, short).content.decode(),
    ]
    # The summary above the fields repeats what is said at each.
    fields = [page[page.index('<div class="field') :] for page in pages]
    assert [page.count("15 characters") for page in fields] == [1, 1, 1, 1]
    assert [page.count("15 characters") for page in (pages[0], pages[2])] == [1, 1]


def test_without_a_mail_server_the_link_is_shown_once(administrator: User, settings: Any) -> None:
    settings.EMAIL_HOST = ""
    client = invite(administrator)
    address = reverse("person", args=[User.objects.get(email="nora@example.org").pk])
    first, second = (client.get(address).content.decode() for _ in range(2))
    assert mailed_link() in first
    assert mailed_link() not in second


def test_with_a_mail_server_the_link_is_never_shown(administrator: User) -> None:
    client = invite(administrator)
    address = reverse("person", args=[User.objects.get(email="nora@example.org").pk])
    assert mailed_link() not in client.get(address).content.decode()


def test_an_address_is_used_once_whatever_its_case(administrator: User, editor: User) -> None:
    client = cast.sign_in(Client(), administrator)
    response = client.post(reverse("invite"), NEWCOMER | {"email": editor.email.upper()})
    assert response.status_code == 422
    assert "There is an account with this address already" in response.content.decode()
    assert 'value="Nora  Newcomer"' in response.content.decode()
    with pytest.raises(Refusal, match="already"):
        invitations.invite(editor.email.upper(), "Another", [], by=administrator)


def test_only_an_administrator_invites(chair: User) -> None:
    with pytest.raises(NotAllowed):
        invitations.invite("a@example.org", "A", ["chair"], by=chair)


def test_a_new_link_voids_the_old_password_and_the_old_link(administrator: User, editor: User) -> None:
    at_work = cast.sign_in(Client(), editor)
    client = cast.sign_in(Client(), administrator)
    links = []
    for _ in range(2):
        assert client.post(reverse("new_link", args=[editor.pk]), {"reason": "Forgot it."}).status_code == 302
        links.append(mailed_link())
    assert not can_sign_in(editor.email, cast.PASSWORD)
    assert at_work.get(reverse("to_do")).status_code == 302
    assert "This link no longer works" in Client().get(links[0], follow=True).content.decode()
    choose_password(Client(), links[1])
    assert can_sign_in(editor.email, CHOSEN)
    row = User.history.filter(id=editor.pk, history_event="user.link").latest("history_id")
    assert (row.history_user, row.history_change_reason) == (administrator, "Forgot it.")


def test_reactivated_people_get_a_link(administrator: User, editor: User) -> None:
    client, address = cast.sign_in(Client(), administrator), reverse("person", args=[editor.pk])
    client.post(address, {"do": "deactivate", "reason": "On leave."})
    assert client.post(reverse("new_link", args=[editor.pk]), {"reason": "Forgot it."}).status_code == 409
    assert not Outbox.objects.exists()
    client.post(address, {"do": "reactivate", "reason": "Back."})
    choose_password(Client(), mailed_link())
    assert can_sign_in(editor.email, CHOSEN)


def test_people_choose_a_new_password_themselves(editor: User) -> None:
    client = cast.sign_in(Client(), editor)
    asked = {"oldpassword": cast.PASSWORD, "password1": CHOSEN, "password2": CHOSEN}
    client.post(reverse("account_change_password"), asked)
    assert can_sign_in(editor.email, CHOSEN)
    row = User.history.filter(id=editor.pk).latest("history_id")
    assert (row.history_event, row.history_user) == ("user.password", editor)
