"""The questions that a signer answers: which are asked, that none is skipped, and that the answers are kept."""

import json
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from articles.models import Article, Document, Version
from articles.text.signing_questions import fault, questions
from oracle.audit.history import record
from oracle.refusals import Refusal
from reviews import signing
from reviews.checks import questions_at_signing
from reviews.founding import drafts
from reviews.models import Round, SigningFailure, SignOff
from reviews.questions import answered, asked_of

from .attacks import refused
from .cast import ALL_YES, ANSWERED, PASSWORD, PROOF, QUESTION, approved, judge_everything, sign, sign_in, under_review
from .test_standing_guard import insert_sign_off, sign_off_values

FIVE = "Is it balanced?\nIs it safe?\n[plain] Is it plain?\n[high] Is it checked?\n[plain] [high] Is it both?\n"


def in_force(body: str) -> None:
    """A new version of the questions."""
    number = Document.objects.filter(kind="questions").count() + 1
    with transaction.atomic():
        record(Document(kind="questions", number=number, body=body), by=None, event="document.save")


def ready(editor: Any, reviewer: Any, **changes: Any) -> Round:
    _, row = under_review(editor, reviewer, **changes)
    judge_everything(row)
    return Round.objects.get(pk=row.pk)


def try_with(row: Round, answers: dict[str, str]) -> Any:
    return signing.sign(row, by=row.reviewer, shown_sha256=row.version.content_sha256, proof=PROOF, answers=answers)


@pytest.mark.parametrize(
    ("plain", "high", "asked"),
    [
        (False, False, ["Is it balanced?", "Is it safe?"]),
        (True, False, ["Is it balanced?", "Is it safe?", "Is it plain?"]),
        (False, True, ["Is it balanced?", "Is it safe?", "Is it checked?"]),
        (True, True, ["Is it balanced?", "Is it safe?", "Is it plain?", "Is it checked?", "Is it both?"]),
    ],
)
def test_which_questions_are_asked(plain: bool, high: bool, asked: list[str]) -> None:
    assert questions(FIVE, plain=plain, high=high) == asked


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (FIVE, None),
        ("\n\n Is it safe? \r\n", None),
        (FIVE + "Is it a sixth?", "6 questions"),
        ("[plain] Is it plain?", "without a mark"),
        ("", "without a mark"),
        ("[risky] Is it safe?\nIs it balanced?", "[risky] is not known"),
        ("[] Is it safe?", "[] is not known"),
        ("It is safe.", "question mark"),
        ("x" * 300 + "?", "at most 300"),
        ("Is it safe?\n[high] Is it safe?", "twice"),
    ],
)
def test_what_can_be_asked(body: str, sentence: str | None) -> None:
    found = fault(body)
    assert (found is None) == (sentence is None)
    assert (sentence or "") in (found or "")


def test_the_founding_questions_can_be_asked() -> None:
    body = drafts("The house", "desk@example.org")["questions"]
    assert fault(body) is None
    assert [len(questions(body, plain=plain, high=True)) for plain in (False, True)] == [4, 5]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("answers", "sentence"),
    [
        ({}, "Question 1 is not answered"),
        ({QUESTION: ""}, "Question 1 is not answered"),
        ({QUESTION: "maybe"}, "Question 1 is not answered"),
        ({QUESTION: "no"}, "You answered question 1 with no.*Ask for changes instead"),
        ({"Is it old?": "yes"}, "The questions have changed"),
        ({QUESTION: "yes", "Is it old?": "no"}, "The questions have changed"),
    ],
)
def test_missing_and_negative_answers_stop_the_signature(editor, reviewer, answers, sentence):
    row = ready(editor, reviewer)
    with pytest.raises(Refusal, match=sentence):
        try_with(row, answers)
    assert SignOff.objects.count() == 0


@pytest.mark.django_db
def test_questions_that_changed_meanwhile_are_answered_anew(editor, reviewer):
    row = ready(editor, reviewer)
    in_force("Is it safe?")
    with pytest.raises(Refusal, match="The questions have changed"):
        try_with(row, ALL_YES)
    signoff = try_with(row, {"Is it safe?": "yes"}).signoffs.get()
    assert signoff.answers == [{"question": "Is it safe?", "answer": "yes"}]
    assert signoff.documents["questions"] == 2


@pytest.mark.django_db
def test_the_wording_and_the_risk_decide(editor, reviewer):
    in_force(FIVE)
    row = ready(editor, reviewer)
    assert asked_of(row.version) == ["Is it balanced?", "Is it safe?", "Is it plain?"]
    bare = ready(editor, reviewer, plain="", risk="high", question="Another question?")
    assert asked_of(bare.version) == ["Is it balanced?", "Is it safe?", "Is it checked?"]


@pytest.mark.django_db
def test_a_site_without_questions_is_told_so_and_asks_none():
    assert [warning.id for warning in questions_at_signing()] == ["oracle.W012"]
    assert answered(asked_of(Version(article=Article(risk="high"), plain="Plain.")), {}) == []
    in_force(FIVE)
    assert questions_at_signing() == []
    assert len(asked_of(Version(article=Article(risk="high"), plain="Plain."))) == 5


@pytest.mark.django_db
def test_the_panel_asks_and_keeps_what_was_chosen(client: Client, editor, reviewer):
    in_force("Is it safe?\nIs it balanced?")
    row = ready(editor, reviewer)
    sign_in(client, reviewer)
    address = f"/desk/rounds/{row.pk}/"
    page = client.get(address).content.decode()
    assert page.count('type="radio" name="answer-') == 4
    assert "checked" not in page.split('id="questions"')[1].split("</form>")[0]
    posted = {
        "decision": "approve",
        "sha256": row.version.content_sha256,
        "password": PASSWORD,
        "reason": "Half written.",
        "question-1": "Is it safe?",
        "answer-1": "yes",
        "question-2": "Is it balanced?",
    }
    answer = client.post(f"{address}decide/", posted)
    page = answer.content.decode()
    assert (answer.status_code, "Question 2 is not answered" in page, "Half written." in page) == (409, True, True)
    assert page.count('value="yes" required checked') == 1
    assert PASSWORD not in page
    assert "Question 2" in SigningFailure.objects.get().reason
    assert client.post(f"{address}decide/", posted | {"answer-2": "yes"}).status_code == 302
    assert [line["question"] for line in SignOff.objects.get().answers] == ["Is it safe?", "Is it balanced?"]


@pytest.mark.django_db
def test_sending_back_keeps_the_answers_too(client: Client, editor, reviewer):
    row = ready(editor, reviewer)
    sign_in(client, reviewer)
    answer = client.post(f"/desk/rounds/{row.pk}/decide/", {"decision": "changes", "reason": " ", **ANSWERED})
    assert (answer.status_code, answer.content.decode().count('value="yes" required checked')) == (409, 1)


@pytest.mark.django_db
def test_the_record_shows_questions_answers_and_proof(client: Client, editor, reviewer, auditor):
    article = approved(editor, reviewer)
    sign_in(client, auditor)
    page = client.get(f"/desk/articles/{article.slug}/").content.decode()
    for words in ("Proved by e-mail, password.", "Is the answer balanced? <strong>Yes.</strong>"):
        assert words in page
    office = client.get(f"/office/reviews/signoff/{article.signoffs.get().pk}/change/").content.decode()
    assert "Is the answer balanced?" in office


@pytest.mark.django_db
@pytest.mark.parametrize("body", ["It is safe.", FIVE + "Is it a sixth?"])
def test_the_back_office_takes_only_what_can_be_asked(client: Client, chair, body):
    sign_in(client, chair)
    address = "/office/articles/document/add/?kind=questions"
    initial = client.get(address).context["form"].initial
    assert initial["body"] == QUESTION
    asked = {**{key: value for key, value in initial.items() if value is not None}, "reason": "Better."}
    form = client.get(address).context["form"]
    asked |= {name: form[name].value() for name in form.fields if form[name].is_hidden}
    refusal = client.post(address, asked | {"body": body})
    assert (refusal.status_code, Document.objects.filter(kind="questions").count()) == (422, 1)
    assert client.post(address, asked | {"body": FIVE}).status_code == 302
    assert Document.objects.filter(kind="questions").count() == 2


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "answers",
    [
        {},
        "yes",
        [5],
        ["yes"],
        [{"question": "Is it safe?"}],
        [{"answer": "yes"}],
        [{"question": "Is it safe?", "answer": "no"}],
        [[{"question": "Is it safe?", "answer": "yes"}]],
        [{"question": "Is it safe?", "answer": "yes"}, {"question": "Is it balanced?", "answer": "no"}],
    ],
)
def test_postgresql_keeps_no_signature_over_a_no(editor, reviewer, answers):
    article, row = under_review(editor, reviewer)
    with refused("answers_are_yes"):
        insert_sign_off(sign_off_values(article, row, reviewer, answers=json.dumps(answers)))


@pytest.mark.django_db(transaction=True)
def test_signed_answers_stay(editor, reviewer):
    _, row = under_review(editor, reviewer)
    judge_everything(row)
    sign(row)
    with refused("G3|permission denied"), transaction.atomic():
        SignOff.objects.update(answers=[])
