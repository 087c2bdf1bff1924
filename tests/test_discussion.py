"""Comments on a passage, a statement or the whole: found again or not, answered, replied to, closed."""

import html
import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from articles.models import Article
from oracle.accounts.models import User
from oracle.refusals import NotAllowed, Refusal
from reviews import discussion, interests, rounds
from reviews.judging import claims_to_judge
from reviews.models import Comment, Review, Round
from reviews.passages import Passage

from .cast import amended, content, judge_everything, person, revised, sign, sign_in, under_review

pytestmark = pytest.mark.django_db
WORDS = "Drug A at 5 mg daily lowered pressure"
MENDED = content().professional.replace("5 mg daily lowered", "2.5 mg daily lowered")


def remark_on(
    row: Round, words: str = WORDS, *, body: str = "Which adults?", blocking: bool = False, **passage: Any
) -> Comment:
    return discussion.comment(row, by=row.reviewer, body=body, blocking=blocking, passage=Passage(words, **passage))


def at(name: str, *arguments: Any) -> str:
    return reverse(name, args=arguments)


def shown(client: Client, address: str) -> str:
    """What the main part of a page says, in one line."""
    response = client.get(address)
    assert response.status_code == 200, response.status_code
    return words_of(response.content.decode())


def words_of(markup: str) -> str:
    main = markup[markup.index("<main") : markup.index("</main>")]
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", main)).split())


def send(client: Client, row: Round, **fields: str) -> Any:
    given = {"quote": WORDS, "body": "Which adults?"} | fields
    return client.post(at("comment", row.pk), given)


def sent_back(row: Round) -> Article:
    return rounds.ask_for_changes(row, by=row.reviewer, reason="Mend it.")


def sent_again(article: Article, editor: User, **changes: Any) -> Round:
    """The next version with the board; the reviewer's round on it."""
    article = amended(article, editor, **changes)
    for remark in Comment.objects.unanswered().filter(article=article):
        discussion.answer(remark, by=editor, text="See the text.")
    article.perform("submit", by=editor)
    return Round.objects.active().get(article=article)


# Twice and by whom.


def test_a_comment_or_reply_sent_twice_is_written_once(client, editor, reviewer):
    _, row = under_review(editor, reviewer)
    sign_in(client, reviewer)
    here, there = at("comment", row.pk), claims_to_judge(row.version)[0].id
    whole, on_statement = {"body": "Says who?", "blocking": "1"}, {"body": "Says who?", "blocking": "1", "claim": there}
    passage = {"body": "Says who?", "blocking": "1", "quote": WORDS}
    for form in (whole, whole, on_statement, on_statement, passage, passage):
        assert client.post(here, form).status_code == 302
    assert sorted((remark.claim, remark.wording) for remark in Comment.objects.all()) == [
        ("", ""), ("", "professional"), (there, ""),
    ]  # fmt: skip
    remark = Comment.objects.earliest("pk")
    for words in ("Yes.", "Yes.", "No.", "Yes."):
        assert client.post(at("reply", remark.pk), {"reply": words}).status_code == 302
    assert [reply.body for reply in remark.replies.order_by("pk")] == ["Yes.", "No.", "Yes."]
    discussion.resolve(remark, by=reviewer)
    assert client.post(here, whole).status_code == 302
    assert Comment.objects.open_blocking().count() == 3


def test_a_chair_closes_no_comment_of_others_on_their_own_text(client, reviewer, chair):
    author = person("Ada Author", "editor", "chair")
    _, row = under_review(author, reviewer)
    remark = discussion.comment(row, by=reviewer, body="Not so.", blocking=True)
    answer = sign_in(client, author).post(at("resolve_objection", remark.pk))
    assert (answer.status_code, "another chair, must close it" in answer.content.decode()) == (403, True)
    assert Comment.objects.open_blocking().count() == 1
    assert discussion.resolve(remark, by=chair).resolved_by == chair


# Choosing a passage.


def test_a_passage_is_kept_with_what_is_around_it(editor, reviewer):
    _, row = under_review(editor, reviewer)
    remark = remark_on(row)
    assert (remark.wording, remark.quote, remark.claim) == ("professional", WORDS, "")
    assert (remark.prefix, remark.suffix) == ("Evidence ", " in 40 adults. It was stopped in")
    assert remark.replacement is None


@pytest.mark.parametrize(
    ("given", "wording", "quote"),
    [
        ({"words": "in 40  adults [1].\nIt was stopped"}, "professional", "in 40 adults. It was stopped"),
        ({"words": "drug A may be given"}, "direct_answer", "drug A may be given"),
        ({"words": "dose", "wording": "plain"}, "plain", "dose"),
        ({"words": "5 mg", "prefix": "Start with "}, "professional", "5 mg"),
        ({"words": "5 mg", "suffix": " once daily", "wording": "nonsense"}, "professional", "5 mg"),
        ({"words": "5 mg", "prefix": "x" * 9000 + "with ", "suffix": " once" + "x" * 9000}, "professional", "5 mg"),
    ],
)  # fmt: skip
def test_words_are_found_as_they_were_copied(editor, reviewer, given, wording, quote):
    _, row = under_review(editor, reviewer)
    remark = remark_on(row, **given)
    assert (remark.wording, remark.quote) == (wording, quote)


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"quote": "Drug B"}, "These words are not in the text."),
        ({"quote": "5 mg"}, "These words stand in the text more than once"),
        ({"quote": " "}, "Select or copy the words"),
        ({"quote": "a" * 2001}, "This text has 2,001 characters; at most 2,000 can be kept."),
        ({"body": ""}, "Write the comment first."),
        ({"body": "b" * 5001}, "This text has 5,001 characters"),
        ({"replacement": "c" * 5001}, "This text has 5,001 characters"),
        ({"replacement": "Drug  A at 5 mg daily lowered pressure"}, "The suggested words are those of the passage"),
        ({"replacement": "Drug A", "remove": "1"}, "Suggest other words or to take the passage out, not both."),
    ],
)
def test_a_refused_comment_keeps_everything_that_was_typed(client, editor, reviewer, fields, sentence):
    _, row = under_review(editor, reviewer)
    given = {"wording": "", "prefix": "p", "suffix": "s", "replacement": "Drug C", "blocking": "1"} | fields
    answer = send(sign_in(client, reviewer), row, **given)
    page = answer.content.decode()
    assert (answer.status_code, sentence in page) == (409, True)
    for text in (given.get("quote", WORDS), given.get("body", "Which adults?"), given["replacement"]):
        assert f">{text}</textarea>" in page
    assert '<input type="hidden" name="prefix" data-keep="passage:prefix" value="p">' in page
    assert page.count('name="blocking" value="1" checked') == 1
    assert ('name="remove" value="1" checked' in page) == ("remove" in fields)
    assert not Comment.objects.exists()


@pytest.mark.parametrize("about", ["the whole", "a statement"])
def test_a_comment_without_a_passage_keeps_what_was_typed_too(client, editor, reviewer, about):
    _, row = under_review(editor, reviewer)
    claim = claims_to_judge(row.version)[1].id
    address, more = (f"{at('comment', row.pk)}?tab=discussion", {}) if about == "the whole" else (
        at("comment", row.pk), {"claim": claim}
    )  # fmt: skip
    given = {"body": "w" * 5001, "blocking": "1"} | more
    page = sign_in(client, reviewer).post(address, given).content.decode()
    assert f">{'w' * 5001}</textarea>" in page
    assert page.count('name="blocking" value="1" checked') == 1


def test_odd_requests_are_refused_and_write_nothing(client, editor, reviewer):
    _, row = under_review(editor, reviewer)
    sign_in(client, reviewer)
    assert send(client, row, quote="a\x00").status_code == 409
    for fields in ({"body": "\x00 a"}, {"replacement": "\x00 a"}):
        assert (fields, send(client, row, **fields).status_code) == (fields, 400)
    assert not Comment.objects.exists()
    remark = remark_on(row)
    twice = {"quote": ["Drug B", WORDS], "body": ["Once.", "Twice."], "replacement": ["", "Drug C"]}
    assert client.post(at("comment", row.pk), twice).status_code == 302
    assert Comment.objects.latest("id").replacement == "Drug C"
    assert client.post(at("reply", 10**18), {"reply": "x"}).status_code == 404
    assert client.post(at("reply", remark.pk), {"reply": "a\x00"}).status_code == 400


def test_the_passages_of_open_comments_are_told_to_the_page(client, editor, reviewer):
    _, row = under_review(editor, reviewer)
    first, second = remark_on(row), remark_on(row, "dose", wording="plain")
    discussion.resolve(second, by=reviewer)
    page = sign_in(client, reviewer).get(at("review", row.pk)).content.decode()
    assert re.findall(r'data-comment="(\d+)" data-wording="(\w+)" data-begin="(\d+)" data-end="(\d+)"', page) == [
        (str(first.pk), "professional", "8", "38")
    ]
    assert f"?tab=discussion#comment-{first.pk}" in page


# In the next version.


def test_the_next_version_shows_the_passage_or_its_old_words(client, editor, reviewer):
    _, row = under_review(editor, reviewer)
    remark_on(row)
    article = sent_back(row)
    sign_in(client, editor)
    before = shown(client, at("edit", article.slug))
    assert "in the wording for professionals Go there" in before
    assert "the passage has changed" not in before
    row = sent_again(article, editor, professional=MENDED)
    page = shown(sign_in(client, reviewer), f"{at('review', row.pk)}?tab=discussion")
    assert f"{WORDS} the passage has changed these are the old words, in the wording for professionals" in page


def test_a_passage_is_found_again_where_other_words_changed(client, editor, reviewer):
    _, row = under_review(editor, reviewer)
    remark = remark_on(row)
    row = sent_again(sent_back(row), editor, professional="## New part\n\nNew.\n\n" + content().professional)
    page = sign_in(client, reviewer).get(at("review", row.pk)).content.decode()
    assert re.findall(r'data-comment="(\d+)" \S+ data-begin="(\d+)"', page) == [(str(remark.pk), "19")]


@pytest.mark.parametrize("on", ["passage", "statement"])
def test_answer_and_change_are_seen_together(client, editor, reviewer, on):
    _, row = under_review(editor, reviewer)
    if on == "passage":
        remark = remark_on(row, blocking=True)
    else:
        claim = row.version.fixed_claims[1]
        remark = discussion.comment(row, by=reviewer, body="Which?", blocking=True, claim_id=claim.id)
    article = amended(sent_back(row), editor, professional=MENDED)
    sign_in(client, editor).post(at("answer_objection", remark.pk), {"answer": "The newer trial."})
    told = (
        "Edith Editor answered: The newer trial. What changed here since version 1 Changed Drug A at "
        "deleted: 5 mg (end of deletion) inserted: 2.5 mg (end of insertion) daily lowered pressure"
    )
    assert told in shown(client, at("edit", article.slug))
    article.perform("submit", by=editor)
    row = Round.objects.active().get(article=article)
    sign_in(client, reviewer)
    assert told in shown(client, f"{at('review', row.pk)}?tab=discussion")
    assert told in shown(client, f"{at('review', row.pk)}?tab=changes")


def test_where_nothing_changed_the_answer_says_so(client, editor, reviewer):
    _, row = under_review(editor, reviewer)
    remark_on(row, blocking=True)
    row = sent_again(sent_back(row), editor)
    page = shown(sign_in(client, reviewer), f"{at('review', row.pk)}?tab=discussion")
    assert "Edith Editor answered: See the text. The text is unchanged here since version 1." in page


def test_an_unchanged_passage_is_not_mended(editor, reviewer):
    _, row = under_review(editor, reviewer)
    remark = remark_on(row, blocking=True)
    article = amended(sent_back(row), editor)
    with pytest.raises(Refusal, match="The passage is unchanged since that objection"):
        discussion.mark_mended(remark, by=editor)
    amended(article, editor, professional=MENDED)
    assert discussion.mark_mended(remark, by=editor).answer == "Mended in the text."


# Replies.

MAY_REPLY = {"editor": 302, "editor2": 302, "reviewer": 302, "reviewer3": 302, "chair": 302}
OTHERS = {"reviewer2": 403, "auditor": 403, "administrator": 404, "outsider": 404, "superuser": 404}


def test_who_may_reply(request, client, editor, reviewer, reviewer3):
    article, row = under_review(editor, reviewer)
    remark = remark_on(row)
    rounds.take(article, by=reviewer3)
    for name, status in (MAY_REPLY | OTHERS).items():
        answer = sign_in(client, request.getfixturevalue(name)).post(at("reply", remark.pk), {"reply": f"By {name}."})
        assert (name, answer.status_code) == (name, status)
    assert [reply.body for reply in remark.replies.all()] == [f"By {name}." for name in MAY_REPLY]
    for reply in remark.replies.all():
        assert (reply.article, reply.version, reply.round, reply.blocking) == (article, row.version, row, False)
    told = Comment.history.filter(history_event="comment.reply").order_by("history_id")
    assert [entry.history_user.name for entry in told][:2] == ["Edith Editor", "Edgar Editor"]


def test_the_author_replies_when_their_round_has_ended_a_conflicted_reviewer_does_not(editor, reviewer, reviewer3):
    article, row = under_review(editor, reviewer)
    remark = remark_on(row)
    other = rounds.take(article, by=reviewer3)
    discussion.reply(remark, by=reviewer3, body="In the first trial.")
    interests.declare(article, by=reviewer3, conflict="declared", text="Shares.")
    assert Round.objects.active().filter(pk=other.pk).exists()
    with pytest.raises(NotAllowed, match="may reply"):
        discussion.reply(remark, by=reviewer3, body="And more.")
    rounds.give_back(row, by=reviewer)
    assert discussion.reply(remark, by=reviewer, body="Thank you.").by == reviewer


def test_replies_stand_below_their_comment_in_order(client, editor, reviewer, chair):
    article, row = under_review(editor, reviewer)
    first, second = remark_on(row), remark_on(row, "It was stopped")
    one = discussion.reply(first, by=editor, body="Adults over 40.")
    discussion.reply(second, by=chair, body="Stopped by whom?")
    two = discussion.reply(one, by=reviewer, body="Write it.")
    assert two.reply_to == first
    in_order = r"Which adults\?.*Edith Editor.*Adults over 40\..*Rita Reviewer.*Write it\..*Stopped by whom\?"
    page = shown(sign_in(client, reviewer), f"{at('review', row.pk)}?tab=discussion")
    assert re.search(in_order, page)
    newest_first = r"Stopped by whom\?.*Which adults\?.*Adults over 40\..*Write it\."
    assert re.search(newest_first, shown(sign_in(client, chair), at("reviews", article.slug)))
    article = sent_back(row)
    assert re.search(in_order, shown(sign_in(client, editor), at("edit", article.slug)))


def test_a_reply_is_closed_with_its_comment_and_is_nothing_by_itself(client, editor, reviewer):
    _, row = under_review(editor, reviewer)
    remark = remark_on(row, blocking=True)
    reply = discussion.reply(remark, by=reviewer, body="The second trial, I mean.")
    with pytest.raises(Refusal, match="This is a reply"):
        discussion.resolve(reply, by=reviewer)
    assert Comment.objects.open_blocking().count() == 1
    discussion.resolve(remark, by=reviewer)
    with pytest.raises(Refusal, match="closed already"):
        discussion.reply(reply, by=editor, body="Late.")
    page = shown(sign_in(client, reviewer), f"{at('review', row.pk)}?tab=discussion")
    assert "Your reply" not in page
    assert re.search(r"closed by Rita Reviewer, \d+ \w+ \d{4}", page)
    sent_back(row)
    with pytest.raises(Refusal, match="This is a reply"):
        discussion.answer(reply, by=editor, text="An answer.")


def test_replies_lead_back_to_where_they_were_written(client, editor, reviewer, chair):
    article, row = under_review(editor, reviewer)
    remark = remark_on(row)

    def lands(person: User) -> str:
        return sign_in(client, person).post(at("reply", remark.pk), {"reply": "So."}).url

    assert lands(reviewer) == f"{at('review', row.pk)}?tab=discussion#comment-{remark.pk}"
    assert lands(editor) == lands(chair) == f"{at('reviews', article.slug)}#comment-{remark.pk}"
    sent_back(row)
    assert lands(editor) == f"{at('edit', article.slug)}#objection-{remark.pk}"


def test_a_dropped_text_closes_its_comments_and_their_replies_with_them(editor, reviewer):
    article, row = under_review(editor, reviewer)
    judge_everything(row)
    article = revised(sign(row), editor).perform("submit", by=editor)
    row = Round.objects.active().get(article=article)
    remark = remark_on(row, "Start with 5 mg")
    discussion.reply(remark, by=editor, body="Why?")
    article = rounds.ask_for_changes(row, by=reviewer, reason="No.")
    article.perform("abandon", by=editor)
    assert not Comment.objects.threads().filter(resolved_at=None).exists()
    assert Review.objects.filter(article=article).count() == 1


@pytest.mark.parametrize("number", [1, 3])
def test_pages_cost_the_same_however_long_the_discussion(client, editor, reviewer, chair, number):
    article, row = under_review(editor, reviewer)
    for turn in range(number):
        remark = remark_on(row, body=f"Which adults, {turn}?", replacement="Drug A lowered pressure")
        discussion.reply(remark, by=editor, body="Why?")
        discussion.reply(remark, by=chair, body="So.")
    costs = []
    for reader, address in (
        (reviewer, at("review", row.pk)),
        (reviewer, f"{at('review', row.pk)}?tab=discussion"),
        (chair, at("reviews", article.slug)),
    ):
        costs.append(counted(sign_in(client, reader), address))
    article = sent_back(row)
    costs.append(counted(sign_in(client, editor), at("edit", article.slug)))
    # The page of reviews asks for the replies; the others have them with the comments.
    assert costs == [7, 7, 15, 9]


def counted(client: Client, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)
