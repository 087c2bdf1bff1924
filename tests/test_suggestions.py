"""Suggested words: one click puts them into the text, the history names editor and reviewer, who stays eligible."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from articles.models import Article, Version
from oracle.accounts.models import User
from oracle.refusals import NotAllowed, Refusal, Stale
from reviews import discussion, rounds, suggestions
from reviews.models import Comment, Round
from reviews.passages import Passage

from .attacks import as_app, refused
from .cast import amended, content, judge_everything, sign, sign_in, under_review

pytestmark = pytest.mark.django_db(transaction=True)
WORDS = "It was stopped in 10 % of them."
SOURCE = "It was stopped in 10 % of them [@two]."


def suggested(
    editor: User,
    reviewer: User,
    *,
    words: str = WORDS,
    replacement: str | None = "It was stopped in 12 %.",
    **text: Any,
) -> tuple[Article, Comment]:
    """A comment with other words, and the article sent back with it."""
    _, row = under_review(editor, reviewer, **text)
    passage = Passage(words, replacement=replacement)
    remark = discussion.comment(row, by=reviewer, body="Read the trial.", blocking=True, passage=passage)
    return rounds.ask_for_changes(row, by=reviewer, reason="Mend it."), remark


def click(client: Client, article: Article, remark: Comment, **fields: str) -> Any:
    base = Version.objects.get(article=article, frozen_at=None).fingerprint
    return client.post(reverse("apply_suggestion", args=[remark.pk]), {"base": base} | fields)


def text_of(article: Article) -> str:
    return Version.objects.get(article=article, frozen_at=None).professional


def test_one_click_changes_the_text_and_answers_the_comment(client, editor, reviewer):
    article, remark = suggested(editor, reviewer)
    page = sign_in(client, editor).get(reverse("edit", args=[article.slug])).content.decode()
    assert reverse("apply_suggestion", args=[remark.pk]) in page
    answer = click(client, article, remark)
    assert answer.url == f"{reverse('edit', args=[article.slug])}#objection-{remark.pk}"
    assert text_of(article) == content().professional.replace(SOURCE, "It was stopped in 12 % [@two].")
    remark = Comment.objects.get(pk=remark.pk)
    assert (remark.applied_by, remark.applied_in.number, remark.answered_by) == (editor, 2, editor)
    assert (remark.answer, remark.resolved_at) == ("Changed as suggested.", None)
    page = client.get(reverse("edit", args=[article.slug])).content.decode()
    assert reverse("apply_suggestion", args=[remark.pk]) not in page
    assert "Applied by Edith Editor in version 2" in page
    assert "What changed here since version 1" in page


def test_the_history_names_both(editor, reviewer):
    article, remark = suggested(editor, reviewer)
    suggestions.apply(remark, by=editor, base=Version.objects.get(article=article, frozen_at=None).fingerprint)
    saved = Version.history.filter(history_event="version.suggestion").get()
    assert (saved.history_user, saved.history_change_reason) == (editor, "Suggested by Rita Reviewer.")
    marked = Comment.history.filter(history_event="comment.apply").get()
    assert (marked.history_user, marked.id) == (editor, remark.pk)


def test_the_reviewer_is_no_contributor_and_signs(client, editor, reviewer):
    article, remark = suggested(editor, reviewer)
    click(sign_in(client, editor), article, remark)
    article = Article.objects.get(pk=article.pk)
    mended = article.current_version.content
    article = amended(article, editor, direct_answer=mended.direct_answer, professional=mended.professional)
    assert article.contributor_ids() == {editor.pk}
    article.perform("submit", by=editor)
    row = Round.objects.active().get(article=article)
    judge_everything(row)
    discussion.resolve(remark, by=reviewer)
    assert sign(row).state == "approved"


def test_words_may_bring_their_own_citation_or_take_the_passage_out(client, editor, reviewer):
    article, remark = suggested(editor, reviewer, replacement="It was stopped in 12 % [@one].")
    click(sign_in(client, editor), article, remark)
    assert text_of(article) == content().professional.replace(SOURCE, "It was stopped in 12 % [@one].")
    article, remark = suggested(editor, reviewer, replacement="", question="And twice?")
    page = client.get(reverse("edit", args=[article.slug])).content.decode()
    assert f'<del><span class="visually-hidden">deleted: </span>{WORDS}' in page
    click(client, article, remark)
    assert text_of(article) == content().professional.replace(f"{SOURCE}\n\n", "")


def test_the_reviewer_sends_it_and_may_take_a_passage_out(client, editor, reviewer):
    _, row = under_review(editor, reviewer)
    given = {"quote": WORDS, "body": "No source.", "remove": "1", "replacement": " "}
    assert sign_in(client, reviewer).post(reverse("comment", args=[row.pk]), given).status_code == 302
    assert (
        client.post(reverse("comment", args=[row.pk]), given | {"remove": "", "body": "No source at all."}).status_code
        == 302
    )
    del given["remove"]
    assert client.post(reverse("comment", args=[row.pk]), given).status_code == 302
    assert [remark.replacement for remark in Comment.objects.order_by("id")] == ["", "", None]


# Refusals: nothing is written, nothing is lost.


def nothing_written(article: Article, remark: Comment) -> bool:
    events = {"version.suggestion", "comment.apply"}
    return not (
        Version.history.filter(history_event__in=events).exists()
        or Comment.history.filter(history_event__in=events).exists()
        or Comment.objects.get(pk=remark.pk).answer
    )


def test_another_save_meanwhile_wins(client, editor, editor2, reviewer):
    article, remark = suggested(editor, reviewer)
    base = Version.objects.get(article=article, frozen_at=None).fingerprint
    amended(article, editor2)
    with pytest.raises(Stale):
        suggestions.apply(remark, by=editor, base=base)
    for late in (base, "", "é" * 300):
        answer = click(sign_in(client, editor), article, remark, base=late)
        assert answer.status_code == 409
    page = answer.content.decode()
    assert suggestions.SAVED in page
    assert WORDS in page
    assert "It was stopped in 12 %." in page
    assert nothing_written(article, remark)


def test_a_passage_that_has_changed_is_changed_by_hand(client, editor, reviewer):
    article, remark = suggested(editor, reviewer)
    article = amended(article, editor, professional=content().professional.replace("10 %", "11 %"))
    page = sign_in(client, editor).get(reverse("edit", args=[article.slug])).content.decode()
    assert "the passage has changed" in page
    assert reverse("apply_suggestion", args=[remark.pk]) not in page
    answer = click(client, article, remark)
    assert (answer.status_code, suggestions.CHANGED in answer.content.decode()) == (409, True)
    assert nothing_written(article, remark)


def test_what_reaches_over_paragraphs_is_changed_by_hand_with_both_texts_shown(client, editor, reviewer):
    article, remark = suggested(
        editor, reviewer, words="in 40 adults. It was stopped", replacement="in 44 adults, and stopped"
    )
    answer = click(sign_in(client, editor), article, remark)
    page = answer.content.decode()
    assert (answer.status_code, suggestions.CROSSES in page) == (409, True)
    assert "in 40 adults. It was stopped" in page
    assert "in 44 adults, and stopped" in page
    assert nothing_written(article, remark)


def test_only_an_editor_applies_and_only_once(request, client, editor, reviewer):
    article, remark = suggested(editor, reviewer)
    for name in ("reviewer", "reviewer2", "chair", "auditor"):
        answer = click(sign_in(client, request.getfixturevalue(name)), article, remark)
        assert (name, answer.status_code) == (name, 403)
    for name in ("administrator", "outsider", "superuser"):
        answer = click(sign_in(client, request.getfixturevalue(name)), article, remark)
        assert (name, answer.status_code) == (name, 404)
    assert nothing_written(article, remark)
    base = Version.objects.get(article=article, frozen_at=None).fingerprint
    suggestions.apply(remark, by=editor, base=base)
    with pytest.raises(Refusal, match="in the text already"):
        suggestions.apply(remark, by=editor, base=base)


def test_what_cannot_be_applied(editor, reviewer):
    article, remark = suggested(editor, reviewer)
    base = Version.objects.get(article=article, frozen_at=None).fingerprint
    plain = Comment.objects.exclude(pk=remark.pk).get()
    with pytest.raises(Refusal, match="suggests no other words"):
        suggestions.apply(plain, by=editor, base=base)
    reply = discussion.reply(remark, by=editor, body="Why?")
    with pytest.raises(Refusal, match="This is a reply"):
        suggestions.apply(reply, by=editor, base=base)
    discussion.resolve(remark, by=reviewer)
    with pytest.raises(Refusal, match="closed already"):
        suggestions.apply(remark, by=editor, base=base)


def test_while_the_board_has_the_text_nothing_is_applied(editor, reviewer):
    _, row = under_review(editor, reviewer)
    remark = discussion.comment(
        row, by=reviewer, body="So.", blocking=False, passage=Passage(WORDS, replacement="It was stopped.")
    )
    with pytest.raises(Refusal):
        suggestions.apply(remark, by=editor, base=row.version.fingerprint)
    with pytest.raises(NotAllowed):
        suggestions.apply(remark, by=reviewer, base=row.version.fingerprint)


# What PostgreSQL keeps, whoever writes.

COLUMNS = "article_id, version_id, round_id, by_id, at, body, blocking, claim, quote, wording, prefix, suffix, answer"


def insert(remark: Comment, **changes: Any) -> None:
    """A row like a comment, but for some columns, as a statement of the web role."""
    names = [*COLUMNS.split(", "), "replacement", "reply_to_id", "answered_at", "resolved_at", "applied_at"]
    given = {name: getattr(remark, name) for name in names} | changes
    columns, places = ", ".join(given), ", ".join(["%s"] * len(given))
    as_app(f"INSERT INTO reviews_comment ({columns}) VALUES ({places})", *given.values())


def test_a_reply_is_words_alone_on_an_open_comment_of_the_same_text(editor, reviewer):
    _, remark = suggested(editor, reviewer)
    whole = Comment.objects.get(article=remark.article, quote="")
    other = suggested(editor, reviewer, question="Another?")[1]
    reply = discussion.reply(whole, by=editor, body="Why?")
    discussion.resolve(remark, by=reviewer)
    for parent in (remark.pk, reply.pk, other.pk):
        with refused("a reply hangs on an open comment"):
            insert(whole, blocking=False, reply_to_id=parent)
    for changes in (
        {"blocking": True},
        {"claim": "abc"},
        {"quote": "words"},
        {"answer": "So."},
    ):
        with refused("replies_are_words_alone"):
            insert(whole, reply_to_id=whole.pk, **({"blocking": False} | changes))
    with refused("G2"):
        insert(whole, blocking=False, reply_to_id=whole.pk)


def test_a_comment_begins_open_and_a_suggestion_has_a_passage(editor, reviewer):
    _, remark = suggested(editor, reviewer)
    for column in ("answered_at", "resolved_at"):
        with refused("a comment begins open"):
            insert(remark, **{column: remark.at})
    with refused("suggestions_have_a_passage"):
        insert(remark, wording="", prefix="", suffix="")
    for changes in ({"quote": ""}, {"wording": "title"}, {"claim": "abc"}):
        with refused("passages_have_words"):
            insert(remark, **changes)
    with refused("passages_have_words"):
        insert(remark, wording="", replacement=None)


def test_a_comment_stays_as_it_was_made_and_closed_as_it_is(editor, reviewer):
    _, remark = suggested(editor, reviewer)
    other = Comment.objects.exclude(pk=remark.pk).get()
    made = {"quote": "x", "wording": "plain", "prefix": "x", "suffix": "x", "replacement": "x", "reply_to_id": other.pk}
    for column, value in made.items():
        with refused("stays as it was made"):
            as_app(f"UPDATE reviews_comment SET {column} = %s WHERE id = %s", value, remark.pk)
    discussion.resolve(remark, by=reviewer)
    for change in ("resolved_at = NULL, resolved_by_id = NULL", "answer = 'So.'", "resolved_at = now()"):
        with refused("a closed comment stays as it is"):
            as_app(f"UPDATE reviews_comment SET {change} WHERE id = %s", remark.pk)


def test_a_suggestion_is_applied_once_in_the_open_version_of_its_article(editor, reviewer):
    article, remark = suggested(editor, reviewer)
    other, _ = suggested(editor, reviewer, question="Another?")
    open_one = Version.objects.get(article=article, frozen_at=None)
    elsewhere = Version.objects.get(article=other, frozen_at=None)
    applied = "UPDATE reviews_comment SET applied_at = now(), applied_by_id = %s, applied_in_id = %s WHERE id = %s"
    for version in (remark.version_id, elsewhere.pk):
        with refused("applied in the open version of its article"):
            as_app(applied, editor.pk, version, remark.pk)
    with refused("applied_suggestions_say_by_whom"):
        as_app("UPDATE reviews_comment SET applied_by_id = %s WHERE id = %s", editor.pk, remark.pk)
    whole = Comment.objects.get(article=article, quote="")
    with refused("applied_suggestions_say_by_whom"):
        as_app(applied, editor.pk, open_one.pk, whole.pk)
    with refused("G2"):
        as_app(applied, editor.pk, open_one.pk, remark.pk)
    suggestions.apply(remark, by=editor, base=open_one.fingerprint)
    for change in ("applied_at = NULL, applied_by_id = NULL, applied_in_id = NULL", "applied_at = now()"):
        with refused("a suggestion is applied once"):
            as_app(f"UPDATE reviews_comment SET {change} WHERE id = %s", remark.pk)
