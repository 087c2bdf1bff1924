"""Hiding a text: two actions, the chair is told and decides; see test_hidden_text for what readers can then get."""

import pytest
from django.conf import LazySettings
from django.db import transaction
from django.test import Client
from django.urls import reverse

from articles.models import Article, Report
from articles.models.suspension import lift, suspend
from articles.views import safety_tasks as tasks
from articles.views.hiding import READY
from articles.views.safety_tasks import safety_tasks
from oracle.accounts.models import User
from oracle.accounts.people import choose_mail, deactivate
from oracle.outbox.models import Outbox
from reviews import interests
from reviews.models import Conflict

from .cast import approved, person, sign_in, submitted

pytestmark = pytest.mark.django_db
MAIL = "oracle.outbox.backend.OutboxBackend"


def fresh(article: Article) -> Article:
    return Article.objects.get(pk=article.pk)


def hiding(article: Article) -> int:
    return article.suspensions.get(lifted_at=None).pk


def hidden_mail() -> list[Outbox]:
    return list(Outbox.objects.filter(subject__startswith="Hidden: ").order_by("id"))


@pytest.fixture(autouse=True)
def the_sites_own_mail(settings: LazySettings) -> None:
    settings.EMAIL_BACKEND = MAIL


@pytest.mark.parametrize("key", READY)
def test_a_ready_reason_hides_with_one_button(client: Client, editor: User, reviewer: User, key: str) -> None:
    article = approved(editor, reviewer)
    address = reverse("hide", args=[article.slug])
    page = sign_in(client, reviewer).get(address).content.decode()
    assert f'name="ready" value="{key}"' in page
    assert client.post(address, {"ready": key}).status_code == 302
    assert (fresh(article).suspension or {})["reason"] == READY[key]
    assert READY[key] in Client().get(f"/articles/{article.slug}/").content.decode()


@pytest.mark.parametrize("given", [{}, {"ready": "nothing"}, {"reason": " "}, {"reason": "x" * 2001}])
def test_nothing_is_hidden_without_a_reason(
    client: Client, editor: User, reviewer: User, given: dict[str, str]
) -> None:
    article = submitted(editor)
    answer = sign_in(client, reviewer).post(reverse("hide", args=[article.slug]), given or {"csrf": "x"})
    assert (answer.status_code, fresh(article).suspension) == (422, None)


def test_the_chairs_are_told_who_hid_what_and_why_and_where_to_decide(
    client: Client, editor: User, reviewer: User, chair: User, superuser: User
) -> None:
    other = person("Cora Chair", "chair")
    person("Carl Chair", "chair", is_active=False)
    article = approved(editor, reviewer)
    sign_in(client, reviewer).post(reverse("hide", args=[article.slug]), {"ready": "number"})
    mails = hidden_mail()
    assert [mail.to for mail in mails] == [[chair.email], [other.email], [editor.email]]
    assert mails[0].subject == "Hidden: May drug A be given in kidney failure?"
    for said in (
        "Rita Reviewer (board member) has hidden version 1",
        READY["number"],
        f"/desk/articles/{article.slug}/show/",
    ):
        assert said in mails[0].body
    assert client.post(reverse("hide", args=[article.slug]), {"ready": "number"}).status_code == 409
    assert len(hidden_mail()) == 3


def test_who_wrote_it_and_who_signed_it_are_told_and_led_to_the_record(
    client: Client, editor: User, editor2: User, reviewer: User, reviewer2: User, chair: User
) -> None:
    article = approved(editor, reviewer)
    choose_mail(reviewer, "weekly")
    sign_in(client, reviewer2).post(reverse("hide", args=[article.slug]), {"ready": "evidence"})
    told = {tuple(mail.to): mail.body for mail in hidden_mail()}
    assert set(told) == {(chair.email,), (editor.email,), (reviewer.email,)}
    for user in (editor, reviewer):
        body = told[(user.email,)]
        assert (READY["evidence"] in body, f"/desk/articles/{article.slug}/\n" in body) == (True, True)
        assert "/show/" not in body


def test_a_text_whose_editor_left_is_told_to_every_editor(
    client: Client, editor: User, editor2: User, reviewer: User, administrator: User, superuser: User
) -> None:
    article = submitted(editor)
    deactivate(editor, by=administrator, reason="Left.")
    sign_in(client, reviewer).post(reverse("hide", args=[article.slug]), {"ready": "harm"})
    assert [mail.to for mail in hidden_mail()] == [[editor2.email]]


def test_a_chair_who_hides_gets_no_mail_of_their_own(client: Client, editor: User, chair: User) -> None:
    article = submitted(editor)
    sign_in(client, chair).post(reverse("hide", args=[article.slug]), {"ready": "harm"})
    assert [mail.to for mail in hidden_mail()] == [[editor.email]]


def test_the_chair_finds_it_decides_and_it_leaves_the_list(
    client: Client, editor: User, reviewer: User, chair: User
) -> None:
    article = approved(editor, reviewer)
    suspend(article, by=reviewer, reason="A dose\nis wrong.")
    (task,) = safety_tasks(chair)
    assert (task.group, task.question, task.button) == ("Hidden texts", article.current_version.question, "Decide")
    assert (task.facts[0], task.facts[2], task.url) == (
        "by Rita Reviewer",
        "A dose is wrong.",
        reverse("show", args=[article.slug]),
    )
    assert [safety_tasks(person) for person in (editor, reviewer)] == [[], []]
    page = sign_in(client, chair).get(task.url).content.decode()
    for said in ("Rita Reviewer (board member)", "It is right after all", "It is wrong", "Read version 1"):
        assert said in page
    assert client.post(task.url, {"reason": "It is right.", "seen": hiding(article)}).status_code == 302
    assert safety_tasks(chair) == []
    assert "This text is not hidden" in client.get(task.url).content.decode()


def test_only_the_chair_decides(request: pytest.FixtureRequest, client: Client, editor: User, reviewer: User) -> None:
    article = suspend(approved(editor, reviewer), by=reviewer, reason="Wrong.")
    address = reverse("show", args=[article.slug])
    for name in ("chair", "editor", "reviewer", "auditor", "administrator", "outsider", "superuser"):
        sign_in(client, request.getfixturevalue(name))
        with transaction.atomic():
            given = {"reason": "Right.", "seen": hiding(article)}
            answers = (client.get(address).status_code, client.post(address, given).status_code)
            transaction.set_rollback(True)
        refused = 403 if name in ("editor", "reviewer", "auditor") else 404
        assert (name, answers) == (name, (200, 302) if name == "chair" else (refused, refused))


def test_a_second_hiding_is_not_lifted_unseen(client: Client, editor: User, reviewer: User, chair: User) -> None:
    article = suspend(approved(editor, reviewer), by=reviewer, reason="A dose is wrong.")
    address = reverse("show", args=[article.slug])
    seen = sign_in(client, chair).get(address).context["form"]["seen"].value()
    lift(article, by=person("Cora Chair", "chair"), reason="The dose is right.")
    suspend(article, by=reviewer, reason="It may kill.")
    late = client.post(address, {"reason": "Kept words.", "seen": seen})
    page = late.content.decode()
    assert (late.status_code, "shown and hidden again after you opened" in page) == (409, True)
    assert ("It may kill." in page, "Kept words." in page) == (True, True)
    assert (fresh(article).suspension or {})["reason"] == "It may kill."
    assert client.post(address, {"reason": "Unseen."}).status_code == 422
    assert client.post(address, {"reason": "Read.", "seen": late.context["form"]["seen"].value()}).status_code == 302
    assert fresh(article).suspension is None


def test_a_withdrawn_text_waits_for_nobody(editor: User, reviewer: User, chair: User) -> None:
    suspend(approved(editor, reviewer), by=reviewer, reason="Wrong.").perform("withdraw", by=chair, reason="Wrong.")
    assert safety_tasks(chair) == []


def test_the_chairs_list_begins_with_what_could_harm(
    client: Client, editor: User, reviewer: User, reviewer2: User, chair: User
) -> None:
    interests.declare(submitted(editor, question="Declared?"), by=reviewer2, conflict=Conflict.DECLARED, text="Shares.")
    suspend(approved(editor, reviewer, question="Hidden?"), by=reviewer, reason="Wrong.")
    for harm in (False, True):
        Report.objects.create(text="Wrong.", could_harm=harm)
    groups = sign_in(client, chair).get(reverse("to_do")).context["groups"]
    assert [group["name"] for group in groups] == [
        "Reports that could harm",
        "Hidden texts",
        "Declared interests",
        "Other reports",
        "Unassigned articles",
    ]


def test_the_chairs_list_costs_the_same_at_one_and_three_rows(
    editor: User, reviewer: User, chair: User, django_assert_num_queries, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        suspend(approved(editor, reviewer, question=f"Hidden {number}?"), by=reviewer, reason="Wrong.")
        with django_assert_num_queries(2):
            safety_tasks(chair)
    monkeypatch.setattr(tasks, "LONGEST", 1)
    assert [task.question for task in safety_tasks(chair)] == ["Hidden 0?", "More than 1 hidden texts"]
