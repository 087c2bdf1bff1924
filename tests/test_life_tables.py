"""The tables of an article's life: state × verb, and person × state × verb; both are the whole truth."""

import pytest
from django.db import transaction

from articles.models import Article, State
from articles.models.life import BY_HAND
from oracle.refusals import NotAllowed, Refusal
from reviews import discussion, rounds

from .cast import approved, make_article, submitted, under_review

pytestmark = pytest.mark.django_db

# State × verb: where each verb leads; what is not here does not exist (docs/life.md).
STEPS = {
    ("draft", "submit"): "submitted",
    ("changes_requested", "submit"): "submitted",
    ("submitted", "recall"): "draft",
    ("under_review", "recall"): "draft",
    ("submitted", "start_review"): "under_review",
    ("under_review", "release"): "submitted",
    ("under_review", "request_changes"): "changes_requested",
    ("under_review", "approve"): "approved",
    ("approved", "reopen"): "submitted or under_review",
    ("approved", "revise"): "draft",
    ("draft", "abandon"): "approved",
    ("changes_requested", "abandon"): "approved",
    ("draft", "discard"): "withdrawn",
    ("draft", "withdraw"): "withdrawn",
    ("submitted", "withdraw"): "withdrawn",
    ("under_review", "withdraw"): "withdrawn",
    ("changes_requested", "withdraw"): "withdrawn",
    ("approved", "withdraw"): "withdrawn",
    ("withdrawn", "reinstate"): "draft",
}

# Person × verb, for the verbs done by hand: who may. Everybody else gets 403 in every state.
MAY = {
    "submit": {"editor", "editor2"},
    "recall": {"editor", "editor2"},
    "revise": {"editor", "editor2"},
    "abandon": {"editor", "editor2"},
    "discard": {"editor", "editor2"},
    "withdraw": {"chair"},
    "reinstate": {"chair"},
}
PEOPLE = ("editor", "editor2", "reviewer", "chair", "auditor", "administrator", "outsider", "superuser")


def in_state(state: str, editor: object, reviewer: object, chair: object) -> Article:
    if state == "draft":
        return make_article(editor)
    if state == "submitted":
        return submitted(editor)
    if state == "under_review":
        return under_review(editor, reviewer)[0]
    if state == "changes_requested":
        article = rounds.ask_for_changes(under_review(editor, reviewer)[1], by=reviewer, reason="Mend it.")
        discussion.answer(article.comments.get(), by=editor, text="It is right as it is.")
        return article
    article = approved(editor, reviewer)
    return article if state == "approved" else article.perform("withdraw", by=chair, reason="Harmful.")


def test_the_table_of_steps_is_the_machines():
    found = {}
    for move in Article._meta.get_field("state").get_all_transitions(Article):
        states = getattr(move.target, "allowed_states", None) or [move.target]
        found[(str(move.source), move.name)] = " or ".join(str(state.value) for state in states)
    assert found == STEPS


@pytest.mark.parametrize("state", State.values)
def test_who_may_do_what_in_each_state(request, state, editor, reviewer, chair):
    """Tries every verb by every person, each in a savepoint of its own."""
    article = in_state(state, editor, reviewer, chair)
    for name in PEOPLE:
        person = request.getfixturevalue(name)
        drawn = {verb.name for verb in article.verbs(person)}
        for verb in BY_HAND:
            assert (verb.name, outcome(article, verb.name, person)) == (verb.name, expected(state, verb.name, name))
            assert (verb.name in drawn) == (expected(state, verb.name, name) == "done"), (state, verb.name, name)


def expected(state: str, verb: str, name: str) -> str:
    if name not in MAY[verb]:
        return "403"
    obstacles = {("abandon", "draft"), ("abandon", "changes_requested")}  # these drafts have no signed version
    return "done" if (state, verb) in STEPS and (verb, state) not in obstacles else "409"


def outcome(article: Article, verb: str, person: object) -> str:
    note = {"change_note": "Clearer."} if article.state == "changes_requested" else {}
    try:
        with transaction.atomic():
            if note and verb == "submit":
                answer_everything(article, person)
            article.perform(verb, by=person, reason="Because.")
            transaction.set_rollback(True)
    except NotAllowed:
        return "403"
    except Refusal:
        return "409"
    return "done"


def answer_everything(article: Article, person: object) -> None:
    from articles.models.version import write

    if person.has_role("editor"):
        version = article.current_version
        write(article, by=person, base=version.fingerprint, content=version.content, change_note="Clearer.")


@pytest.mark.parametrize("verb", ["start_review", "release", "request_changes", "approve", "reopen"])
@pytest.mark.parametrize("state", State.values)
def test_verbs_that_need_evidence_do_nothing_without_it(verb, state, editor, reviewer, chair):
    article = in_state(state, editor, reviewer, chair)
    before = article.history.count()
    for person in (editor, reviewer, chair, None):
        with pytest.raises((Refusal, TypeError)), transaction.atomic():
            article.perform(verb, by=person, reason="x")
    assert (Article.objects.get(pk=article.pk).state, article.history.count()) == (state, before)


@pytest.mark.parametrize("verb", ["recall", "withdraw", "reinstate"])
def test_verbs_that_touch_readers_need_a_reason(verb, editor, reviewer, chair):
    state = {"recall": "submitted", "withdraw": "approved", "reinstate": "withdrawn"}[verb]
    article = in_state(state, editor, reviewer, chair)
    with pytest.raises(Refusal, match="Give a reason"):
        article.perform(verb, by=editor if verb == "recall" else chair, reason="  ")


def test_an_unknown_verb_is_refused(editor):
    """What is no step does nothing (F8)."""
    article = make_article(editor)
    for verb in ("publish", "save", "delete", "__init__", "lock"):
        with pytest.raises(Refusal, match="There is no step"):
            article.perform(verb, by=editor)


def test_there_is_one_door():
    """No transition is called but by `perform`; nobody else changes a state (F21)."""
    import re
    from pathlib import Path

    verbs = "|".join(Article.transitions())
    calls = re.compile(rf"\b\w*article\w*\.({verbs})\(")
    found = [
        f"{path}:{line}"
        for folder in ("articles", "reviews", "oracle")
        for path in Path(__file__).parent.parent.joinpath(folder).rglob("*.py")
        for line in path.read_text().splitlines()
        if calls.search(line)
    ]
    assert found == []
