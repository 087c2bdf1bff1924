"""The back office: who reads and writes which list; what is not theirs is hidden; nothing is deleted."""

from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver, reverse
from django_fsm import admin as fsm_admin  # noqa: TID251
from simple_history import admin as history_admin  # noqa: TID251

from articles.models import Article, Document, Specialty
from oracle.accounts.models import Role, User
from oracle.audit.guards import history_of, regulated_models
from oracle.back_office.pages import OfficePage
from oracle.back_office.site import office
from reviews.models import BoardMember, SignOffRule
from tests import cast
from tests.test_public_addresses import addresses

pytestmark = pytest.mark.django_db
PEOPLE = ("administrator", "chair", "auditor", "editor", "reviewer", "outsider", "superuser")
NOBODY = dict.fromkeys(PEOPLE, 404)


def rights(**found: int) -> dict[str, int]:
    return NOBODY | found


# By list: what each person gets for the list; for a new row and for a POST to a row, in the same way.
READ = {
    "accounts_user": rights(administrator=200, auditor=200),
    "reviews_boardmember": rights(administrator=200, chair=200, auditor=200),
    "reviews_signoffrule": rights(administrator=200, chair=200, auditor=200),
    "articles_document": rights(administrator=200, chair=200, auditor=200),
    "articles_specialty": rights(administrator=200, chair=200, auditor=200),
    "articles_article": rights(chair=200, auditor=200),
    "articles_version": rights(chair=200, auditor=200),
    "reviews_signoff": rights(chair=200, auditor=200),
    "reviews_revocation": rights(chair=200, auditor=200),
    "reviews_signingfailure": rights(chair=200, auditor=200),
}
OF_THE_HOUSE = {"user", "boardmember", "signoffrule", "document", "specialty"}
HISTORIES = {
    history_of(model)._meta.label_lower.replace(".", "_"): rights(chair=200, auditor=200)
    | ({"administrator": 200} if model._meta.model_name in OF_THE_HOUSE else {})
    for model in regulated_models()
}
# 422: the empty form is refused, but taken.
WRITE = {
    "accounts_user": rights(administrator=403, auditor=403),
    "reviews_boardmember": rights(administrator=422, chair=403, auditor=403),
    "reviews_signoffrule": rights(administrator=403, chair=422, auditor=403),
    "articles_document": rights(administrator=403, chair=403, auditor=403),
    "articles_specialty": rights(administrator=422, chair=422, auditor=403),
    "articles_article": rights(chair=403, auditor=403),
    "articles_version": rights(chair=403, auditor=403),
    "reviews_signoff": rights(chair=403, auditor=403),
}
ADD = {
    "reviews_boardmember": rights(administrator=200, chair=403, auditor=403),
    "articles_specialty": rights(administrator=200, chair=200, auditor=403),
    "articles_document": rights(administrator=403, chair=200, auditor=403),
}


@pytest.fixture
def approved(editor: User, reviewer: User) -> Article:
    return cast.approved(editor, reviewer)


@pytest.fixture
def people(request: pytest.FixtureRequest, approved: Article) -> dict[str, User]:
    return {name: request.getfixturevalue(name) for name in PEOPLE}


def signed_in(user: User) -> Client:
    return cast.sign_in(Client(), user)


def address(name: str, what: str = "changelist", *args: Any) -> str:
    return reverse(f"office:{name}_{what}", args=args)


def a_row(name: str) -> Any:
    model = apps.get_model(*name.split("_", 1))
    row = model._default_manager.exclude(pk=None).first()
    assert row is not None, name
    return row.pk


def test_the_lists_are_exactly_these() -> None:
    found = {model._meta.label_lower.replace(".", "_") for model in office._registry}
    assert found == READ.keys() | HISTORIES.keys()


def test_who_reads_which_list(people: dict[str, User]) -> None:
    wanted, found = READ | HISTORIES, {}
    for name in wanted:
        found[name] = {who: signed_in(user).get(address(name)).status_code for who, user in people.items()}
    assert found == wanted


def test_who_reads_a_row(people: dict[str, User]) -> None:
    wanted = {name: rights for name, rights in (READ | HISTORIES).items() if name not in NOTHING_YET}
    found: dict[str, Any] = {}
    for name in wanted:
        url = address(name, "change", a_row(name))
        found[name] = {who: signed_in(user).get(url, follow=True).status_code for who, user in people.items()}
    assert found == wanted


NOTHING_YET = {
    "reviews_revocation",
    "reviews_signingfailure",
    "reviews_historicalcomment",
    "reviews_historicaladdedclaim",
    "articles_historicalsuspension",
    "articles_historicalwaiver",
}


def test_who_writes_in_a_row(people: dict[str, User]) -> None:
    found: dict[str, Any] = {}
    for name in WRITE:
        url = address(name, "change", a_row(name))
        found[name] = {who: signed_in(user).post(url, {"base": "x"}).status_code for who, user in people.items()}
    for name in ("reviews_boardmember", "reviews_signoffrule", "articles_specialty"):
        found[name] = {who: 422 if status == 409 else status for who, status in found[name].items()}
    assert found == WRITE


def test_who_adds_a_row(people: dict[str, User]) -> None:
    found = {
        name: {
            who: signed_in(user).get(address(name, "add"), {"kind": "policy"}).status_code
            for who, user in people.items()
        }
        for name in ADD
    }
    assert found == ADD
    adding = {name for name, _ in addresses(get_resolver()) if name.startswith("office/") and name.endswith("/add/")}
    assert adding == {f"office/{name.replace('_', '/')}/add/" for name in ADD}


def test_who_enters(people: dict[str, User]) -> None:
    found = {who: signed_in(user).get(reverse("office:index")).status_code for who, user in people.items()}
    assert found == rights(administrator=200, chair=200, auditor=200)


def test_strangers_sign_in_on_the_sites_own_page(client: Client, founded: None) -> None:
    response = client.get(reverse("office:index"))
    assert (response.status_code, response["Location"]) == (302, "/accounts/login/?next=/office/")
    assert client.get("/office/login/").status_code == 404
    assert not any("login" in route for route, _ in addresses(get_resolver()) if route.startswith("office/"))


def test_every_page_comes_under_the_sites_policy(auditor: User, approved: Article) -> None:
    client = signed_in(auditor)
    for url in (
        reverse("office:index"),
        address("articles_article"),
        address("articles_article", "change", approved.pk),
    ):
        response = client.get(url)
        page = response.content.decode()
        policy = set(response["Content-Security-Policy"].split("; "))
        assert {"default-src 'none'", "script-src 'self'", "style-src 'self'"} <= policy
        assert (" style=" in page, "<style" in page, "<script" in page) == (False, False, False)


def test_nothing_has_an_address_to_delete_or_to_revert(people: dict[str, User]) -> None:
    routes = [route for route, _ in addresses(get_resolver()) if route.startswith("office/")]
    assert not [route for route in routes if "delete" in route or "/history/" in route or "password" in route]
    client = signed_in(people["administrator"])
    page = address("articles_specialty")
    asked = {"action": "delete_selected", "_selected_action": "nephrology", "post": "yes"}
    client.post(page, asked)
    assert Specialty.objects.filter(pk="nephrology").exists()
    assert client.post(f"{page}nephrology/delete/", {"post": "yes"}).status_code == 404


# What libraries for the admin are known to get wrong (their buttons and their reverting check no rights).


@pytest.fixture
def mighty(founded: None) -> User:
    user = cast.person("Mia Mighty", *Role.values, is_staff=True, is_superuser=True)
    user.user_permissions.set(Permission.objects.all())
    return user


@pytest.mark.parametrize("name", ["_fsm_transition_to", "_fsmtransition-state-approve"])
def test_a_transition_posted_to_an_articles_page_does_nothing(
    name: str, mighty: User, editor: User, reviewer: User
) -> None:
    article, _ = cast.under_review(editor, reviewer)
    response = signed_in(mighty).post(address("articles_article", "change", article.pk), {name: "approve"})
    assert response.status_code == 403
    assert Article.objects.get(pk=article.pk).state == "under_review"


def test_posting_an_old_row_of_history_rewrites_nothing(mighty: User, approved: Article) -> None:
    rows = list(Article.history.filter(id=approved.pk).values())
    oldest = rows[-1]["history_id"]
    client = signed_in(mighty)
    for url in (
        f"/office/articles/article/{approved.pk}/history/{oldest}/",
        f"/office/articles/article/{approved.pk}/history/",
        address("articles_historicalarticle", "change", oldest),
    ):
        assert client.post(url, {"state": "draft", "slug": "rewritten"}).status_code in (403, 404)
    assert Article.objects.get(pk=approved.pk).state == "approved"
    assert list(Article.history.filter(id=approved.pk).values()) == rows


def test_no_page_is_made_of_what_lets_people_past_the_rules() -> None:
    pages = [type(page) for page in office._registry.values()]
    assert all(issubclass(page, OfficePage) for page in pages)
    mixins = (fsm_admin.FSMAdminMixin, history_admin.SimpleHistoryAdmin)
    assert not [page for page in [*pages, *map(type, admin.site._registry.values())] if issubclass(page, mixins)]
    assert not [route for route, _ in addresses(get_resolver()) if route.startswith("admin/")]


# Passwords, one's own roles, one's own record.


def test_no_page_has_a_field_for_a_password(people: dict[str, User]) -> None:
    client = signed_in(people["administrator"])
    editor = User.objects.get(name="Edith Editor")
    member = BoardMember.objects.get()
    for url in (
        address("accounts_user"),
        address("accounts_user", "change", editor.pk),
        address("reviews_boardmember", "change", member.pk),
        address("reviews_boardmember", "add"),
        address("accounts_historicaluser", "change", User.history.latest("history_id").history_id),
    ):
        page = client.get(url, follow=True).content.decode()
        assert ('type="password"' in page, 'name="password' in page, editor.password in page) == (False, False, False)


def test_nobody_changes_roles_through_the_office(people: dict[str, User]) -> None:
    for who in ("administrator", "auditor"):
        own = people[who]
        response = signed_in(own).post(address("accounts_user", "change", own.pk), {"roles": list(Role.values)})
        assert response.status_code == 403
        assert User.objects.get(pk=own.pk).roles == [who]


def test_an_administrators_row_leads_to_the_persons_page(people: dict[str, User]) -> None:
    editor = User.objects.get(name="Edith Editor")
    url = address("accounts_user", "change", editor.pk)
    assert signed_in(people["administrator"]).get(url)["Location"] == reverse("person", args=[editor.pk])
    page = signed_in(people["auditor"]).get(url).content.decode()
    assert "edith12@example.org" in page
    assert "<form" not in page


# Lists.


def test_lists_search_and_filter(people: dict[str, User], approved: Article) -> None:
    client = signed_in(people["auditor"])

    def names(name: str, **asked: str) -> list[str]:
        rows = client.get(address(name), asked).context["cl"].result_list
        return [str(row) for row in rows]

    assert names("accounts_user", role="chair") == ["Clara Chair"]
    assert names("accounts_user", q="edith") == ["Edith Editor"]
    assert names("accounts_user", is_active="False") == []
    assert names("accounts_user", is_active="nonsense") == []
    assert names("articles_article", state="approved", risk="standard") == [approved.slug]
    assert names("articles_article", state="draft") == []
    assert names("articles_article", q="kidney failure") == [approved.slug]
    assert names("reviews_boardmember", q="rita") == ["Rita Reviewer, MD"]
    assert len(names("articles_historicalspecialty", q="nephrology")) == 1
    assert names("articles_historicalarticle", q="nonsense") == []


@pytest.mark.parametrize("odd", ["p=0", "p=-3", "p=x", "p=99999999999999999999", "o=9.x", "all=", "e=1", "state="])
def test_odd_addresses_of_a_list_are_read_or_passed_over(odd: str, auditor: User) -> None:
    assert signed_in(auditor).get(f"{address('articles_article')}?{odd}").status_code == 200


@pytest.mark.parametrize("asked", ["password__startswith=a", "is_superuser=True", "email__contains=x", "id=1"])
def test_no_address_feels_for_what_the_list_does_not_ask(asked: str, auditor: User) -> None:
    assert signed_in(auditor).get(f"{address('accounts_user')}?{asked}").status_code == 400


@pytest.mark.parametrize("key", ["0", "x", "99999999999999999999", "-1", "a b"])
def test_a_row_that_is_not_there(key: str, auditor: User) -> None:
    for name in ("articles_article", "articles_specialty", "articles_historicalarticle", "accounts_user"):
        assert signed_in(auditor).get(address(name, "change", key)).status_code == 404


def test_lists_turn_pages_without_counting(auditor: User, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(3):
        cast.person(f"Nora{number} Newcomer", "editor")
    monkeypatch.setattr(type(office._registry[User]), "list_per_page", 3)
    client = signed_in(auditor)
    with CaptureQueriesContext(connection) as asked:
        first = client.get(address("accounts_user"))
    assert "COUNT(" not in "".join(query["sql"].upper() for query in asked.captured_queries)
    assert [row.name for row in first.context["cl"].result_list] == [
        "Audrey Auditor",
        "Nora0 Newcomer",
        "Nora1 Newcomer",
    ]
    second = client.get(address("accounts_user") + first.context["cl"].older_url)
    assert [row.name for row in second.context["cl"].result_list] == ["Nora2 Newcomer"]
    assert (second.context["cl"].older_url, second.context["cl"].newer_url) == ("", "?p=1")


LISTS = (
    "accounts_user",
    "reviews_boardmember",
    "articles_article",
    "articles_version",
    "reviews_signoff",
    "articles_document",
    "articles_historicalarticle",
    "reviews_historicalround",
)


def test_the_same_queries_for_one_row_and_three(
    editor: User, reviewer: User, reviewer3: User, auditor: User, django_assert_num_queries: Any
) -> None:
    client = signed_in(auditor)
    cast.approved(editor, reviewer)
    # Session, person, the savepoint of the request and its end; then the list.
    for name in LISTS:
        with django_assert_num_queries(5, info=name):
            client.get(address(name))
    cast.approved(editor, reviewer)
    cast.approved(editor, reviewer3)
    for name in LISTS:
        with django_assert_num_queries(5, info=name):
            client.get(address(name))


def test_no_list_reads_texts(auditor: User, approved: Article) -> None:
    client = signed_in(auditor)
    for name in ("articles_article", "articles_version", "articles_document", "articles_historicalversion"):
        with CaptureQueriesContext(connection) as asked:
            client.get(address(name))
        sql = "".join(query["sql"] for query in asked.captured_queries)
        assert ['"professional"' in sql, '"body"' in sql, '"claims"' in sql, '"signatures"' in sql] == [False] * 4, name


def test_the_admins_own_log_stays_empty(people: dict[str, User]) -> None:
    rule = SignOffRule.objects.get(risk="standard")
    url = address("reviews_signoffrule", "change", rule.pk)
    client = signed_in(people["chair"])
    form = client.get(url).context["form"]
    asked = {**form.initial, "months": 24, "reason": "Shorter now."}
    assert client.post(url, asked).status_code == 302
    assert (SignOffRule.objects.get(risk="standard").months, LogEntry.objects.count()) == (24, 0)


def test_documents_are_in_the_order_of_their_kinds(people: dict[str, User]) -> None:
    rows = signed_in(people["chair"]).get(address("articles_document")).context["cl"].result_list
    assert [row.kind for row in rows] == sorted(Document.Kind.values)
