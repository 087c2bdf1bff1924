"""People: the administrator's page. Roles change with a reason, accounts are deactivated, nobody acts on themselves."""

from typing import Any

import pytest
from django.db.models import ProtectedError
from django.test import Client
from django.urls import reverse

from oracle.accounts import people
from oracle.accounts.adapter import AccountAdapter
from oracle.accounts.models import Role, User
from oracle.refusals import NotAllowed, Refusal
from tests import cast
from tests.test_races import at_once

pytestmark = pytest.mark.django_db


@pytest.fixture
def administrator2(founded: None) -> User:
    return cast.person("Ada Administrator", "administrator")


def newest(user: User) -> tuple[Any, ...]:
    row = User.history.filter(id=user.pk).latest("history_id")
    return row.history_event, row.history_user, row.history_change_reason, row.roles, row.is_active


def rows_of(user: User) -> int:
    return int(User.history.filter(id=user.pk).count())


def test_a_change_of_roles_is_a_history_row_with_its_reason(administrator: User, editor: User) -> None:
    people.change_roles(editor, ["auditor", "editor"], by=administrator, reason="Audits as well.")
    told = ("user.roles", administrator, "Audits as well.", ["editor", "auditor"], True)
    assert newest(editor) == told


def test_nobody_acts_on_their_own_account(administrator: User) -> None:
    before = rows_of(administrator)
    with pytest.raises(NotAllowed, match="Nobody changes their own account"):
        people.change_roles(administrator, list(Role.values), by=administrator, reason="I need it.")
    with pytest.raises(NotAllowed, match="Nobody changes their own account"):
        people.deactivate(administrator, by=administrator, reason="I leave.")
    with pytest.raises(NotAllowed, match="Nobody changes their own account"):
        people.void_password(administrator, by=administrator, reason="I forgot it.")
    assert rows_of(administrator) == before


@pytest.mark.parametrize("name", ["editor", "reviewer", "chair", "auditor", "outsider", "superuser"])
def test_only_an_administrator_changes_accounts(name: str, editor2: User, request: pytest.FixtureRequest) -> None:
    by = request.getfixturevalue(name)
    with pytest.raises(NotAllowed, match="Only an active administrator"):
        people.change_roles(editor2, ["chair"], by=by, reason="Please.")
    assert User.objects.get(pk=editor2.pk).roles == ["editor"]


def test_a_reason_is_asked_for(administrator: User, editor: User) -> None:
    with pytest.raises(Refusal, match="Give a reason"):
        people.change_roles(editor, ["chair"], by=administrator, reason="  ")
    with pytest.raises(Refusal, match="Give a reason"):
        people.deactivate(editor, by=administrator, reason="")


def test_an_unknown_role_and_the_same_roles_are_refused(administrator: User, editor: User) -> None:
    with pytest.raises(Refusal, match="Choose the roles"):
        people.change_roles(editor, ["king"], by=administrator, reason="Why not.")
    with pytest.raises(Refusal, match="has these roles already"):
        people.change_roles(editor, ["editor"], by=administrator, reason="Why not.")


def test_an_active_administrator_is_always_left(administrator: User, administrator2: User) -> None:
    people.deactivate(administrator, by=administrator2, reason="Left the house.")
    # The one who was deactivated acts from an older copy of the account, and is refused.
    with pytest.raises(NotAllowed):
        people.deactivate(administrator2, by=administrator, reason="The other way round.")
    with pytest.raises(NotAllowed):
        people.change_roles(administrator2, [], by=administrator2, reason="Enough.")
    assert [user.pk for user in User.objects.all() if user.has_role("administrator")] == [administrator2.pk]


def test_deactivated_and_active_again(administrator: User, editor: User) -> None:
    people.deactivate(editor, by=administrator, reason="On leave.")
    assert newest(editor) == ("user.deactivate", administrator, "On leave.", ["editor"], False)
    assert not User.objects.get(pk=editor.pk).has_role("editor")
    with pytest.raises(Refusal, match="deactivated already"):
        people.deactivate(editor, by=administrator, reason="Again.")
    people.reactivate(editor, by=administrator, reason="Back.")
    assert newest(editor) == ("user.reactivate", administrator, "Back.", ["editor"], True)
    assert not User.objects.get(pk=editor.pk).check_password(cast.PASSWORD)
    with pytest.raises(Refusal, match="active already"):
        people.reactivate(editor, by=administrator, reason="Again.")


def test_an_account_that_acted_is_not_deleted(editor: User) -> None:
    cast.make_article(editor)
    with pytest.raises(ProtectedError):
        editor.delete()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("attempt", range(5))
def test_a_password_set_at_the_same_moment_undoes_no_deactivation(
    administrator: User, editor: User, attempt: int
) -> None:
    chosen, stale = "a password of one's own", User.objects.get(pk=editor.pk)
    results = at_once(
        lambda: AccountAdapter().set_password(stale, chosen),
        lambda: people.deactivate(editor, by=administrator, reason="Left the house."),
    )
    after = User.objects.get(pk=editor.pk)
    assert (after.is_active, after.has_usable_password()) == (False, False)
    told = list(User.history.filter(id=editor.pk).order_by("history_id").values_list("history_event", flat=True))
    set_first = ["user.password"] if results[0] is None else []
    assert told[1:] == [*set_first, "user.deactivate"]
    assert set_first or "no password was set" in results[0].sentence


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("attempt", range(5))
def test_a_password_set_at_the_same_moment_undoes_no_change_of_roles(
    administrator: User, editor: User, attempt: int
) -> None:
    chosen, stale = "a password of one's own", User.objects.get(pk=editor.pk)
    at_once(
        lambda: AccountAdapter().set_password(stale, chosen),
        lambda: people.change_roles(editor, ["auditor"], by=administrator, reason="Audits now."),
    )
    after = User.objects.get(pk=editor.pk)
    assert (after.roles, after.check_password(chosen)) == (["auditor"], True)


# The pages.


@pytest.mark.parametrize("name", ["editor", "reviewer", "chair", "auditor", "outsider", "superuser"])
def test_the_pages_are_hidden_from_everybody_else(
    name: str, editor2: User, client: Client, request: pytest.FixtureRequest
) -> None:
    cast.sign_in(client, request.getfixturevalue(name))
    addresses = [reverse("people"), reverse("invite"), reverse("person", args=[editor2.pk])]
    assert [client.get(address).status_code for address in addresses] == [404, 404, 404]
    posts = [reverse("invite"), reverse("person", args=[editor2.pk]), reverse("new_link", args=[editor2.pk])]
    asked = {"do": "roles", "roles": ["chair"], "reason": "Please.", "email": "a@example.org", "name": "A"}
    assert [client.post(address, asked).status_code for address in posts] == [404, 404, 404]
    assert User.objects.get(pk=editor2.pk).roles == ["editor"]
    assert not User.objects.filter(email="a@example.org").exists()


def test_the_same_queries_for_few_and_many(client: Client, administrator: User, django_assert_num_queries: Any) -> None:
    cast.sign_in(client, administrator)
    # Session, person, the savepoint of the request and its end; then the list.
    with django_assert_num_queries(5):
        client.get(reverse("office:accounts_user_changelist"))
    for number in range(2):
        cast.person(f"Nora{number} Newcomer", "editor")
    with django_assert_num_queries(5):
        client.get(reverse("office:accounts_user_changelist"))


def test_no_page_has_a_field_for_a_password(client: Client, administrator: User, editor: User) -> None:
    cast.sign_in(client, administrator)
    for address in (reverse("people"), reverse("invite"), reverse("person", args=[editor.pk])):
        page = client.get(address, follow=True).content.decode()
        assert 'type="password"' not in page
        assert 'name="password' not in page


def test_a_password_in_the_post_changes_nothing(client: Client, administrator: User, editor: User) -> None:
    cast.sign_in(client, administrator)
    asked = {"do": "roles", "roles": ["editor", "auditor"], "reason": "Audits too.", "password": "known to the admin!"}
    client.post(reverse("person", args=[editor.pk]), asked)
    fresh = User.objects.get(pk=editor.pk)
    assert (fresh.roles, fresh.check_password(cast.PASSWORD)) == (["editor", "auditor"], True)


def test_changing_roles_on_the_page(client: Client, administrator: User, editor: User) -> None:
    address = reverse("person", args=[editor.pk])
    cast.sign_in(client, administrator)
    response = client.post(address, {"do": "roles", "roles": ["chair"], "reason": "Elected."}, follow=True)
    assert response.redirect_chain == [(address, 302)]
    page = response.content.decode()
    assert "The roles of Edith Editor are now: chair." in page
    assert "changed the roles of Edith Editor" in page
    assert "Elected." in page


def test_a_missing_reason_costs_nobody_the_form(client: Client, administrator: User, editor: User) -> None:
    cast.sign_in(client, administrator)
    response = client.post(reverse("person", args=[editor.pk]), {"do": "roles", "roles": ["chair"], "reason": " "})
    assert response.status_code == 422
    assert response.context["roles_form"]["roles"].value() == ["chair"]
    assert response.context["roles_form"].errors["reason"] == ["This field is required."]
    assert User.objects.get(pk=editor.pk).roles == ["editor"]


def test_a_new_link_says_what_it_does_and_asks_why(client: Client, administrator: User, editor: User) -> None:
    cast.sign_in(client, administrator)
    page = client.get(reverse("person", args=[editor.pk])).content.decode()
    assert "makes the present password and every older link void, and signs them out everywhere" in page
    response = client.post(reverse("new_link", args=[editor.pk]), {"reason": " "})
    assert response.status_code == 422
    assert response.context["link_form"].errors["reason"] == ["This field is required."]
    assert response.context["account_form"].errors == {}
    assert User.objects.get(pk=editor.pk).check_password(cast.PASSWORD)
    address = reverse("person", args=[editor.pk])
    asked = {"reason": "The phone was lost."}
    assert client.post(reverse("new_link", args=[editor.pk]), asked, follow=True).redirect_chain == [(address, 302)]
    assert newest(editor)[:3] == ("user.link", administrator, "The phone was lost.")


def test_an_unknown_step_is_refused(client: Client, administrator: User, editor: User) -> None:
    cast.sign_in(client, administrator)
    response = client.post(reverse("person", args=[editor.pk]), {"do": "delete", "reason": "Why not."})
    assert response.status_code == 409
    assert "There is no step called “delete”" in response.content.decode()


def test_ones_own_page_has_no_form_and_takes_none(client: Client, administrator: User) -> None:
    address = reverse("person", args=[administrator.pk])
    cast.sign_in(client, administrator)
    assert 'name="roles"' not in client.get(address).content.decode()
    response = client.post(address, {"do": "roles", "roles": ["editor"], "reason": "I want to write."})
    assert response.status_code == 403
    assert User.objects.get(pk=administrator.pk).roles == ["administrator"]
    assert client.post(reverse("new_link", args=[administrator.pk]), {"reason": "I forgot it."}).status_code == 403


def test_hostile_names_show_as_text(client: Client, administrator: User) -> None:
    hostile = cast.person("<script>alert(1)</script>", "editor")
    cast.sign_in(client, administrator)
    for address in (reverse("people"), reverse("person", args=[hostile.pk])):
        page = client.get(address, follow=True).content.decode()
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
