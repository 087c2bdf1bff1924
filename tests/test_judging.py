"""Judging: what a doubt must carry, one word for a section, pairs of wordings; and that it stays."""

from typing import Any

import pytest
from django.urls import reverse

from articles.models import Article
from articles.text.claims import Claim
from oracle.accounts.models import User
from oracle.refusals import Refusal
from reviews import checking, rounds
from reviews.judging import claims_to_judge, unlisted
from reviews.models import ClaimCheck, Manner, Round

from .attacks import as_app, refused
from .cast import content, judge_everything, sign, sign_in, under_review
from .reading import words

pytestmark = pytest.mark.django_db
# Three that a word on the section judges, and one of each kind that it leaves out.
SECTION = (
    "## Background\n\nThe cause is known [@one].\n\nIt begins in childhood [@one].\n\nMost families have it [@one].\n\n"
    "A trial had 40 adults [@one].\n\nIt works better than placebo [@one].\n\nIt must not be given early [@one].\n\n"
    "Another source says so [@two].\n\n## Elsewhere\n\nIt is old [@one].\n"
)
PLAIN = "Start with 50 mg once daily [@one].\n"


def statement(row: Round, text: str, wording: str = "") -> Claim:
    found = [claim for claim in claims_to_judge(row.version) if text in claim.text]
    return next(claim for claim in found if not wording or claim.wording == wording)


def judge(row: Round, text: str, verdict: str = "supported", **more: str) -> ClaimCheck:
    return checking.judge(row, statement(row, text).id, by=row.reviewer, verdict=verdict, **more)


# Notes and quotes.


def test_what_stops_an_approval_needs_a_quote_and_partly_only_a_note(editor: User, reviewer: User) -> None:
    _, row = under_review(editor, reviewer)
    for verdict in ("not_supported", "unsafe"):
        with pytest.raises(Refusal, match="needs a quote that shows it"):
            judge(row, "5 mg daily", verdict, note="Ten times too much.")
        check = judge(row, "5 mg daily", verdict, note="Too much.", quote="  Five, not fifty. ")
        assert (check.note, check.quote) == ("Too much.", "Five, not fifty.")
    assert judge(row, "5 mg daily", "partly", note="In adults.").quote == ""
    assert judge(row, "5 mg daily", "cannot_tell").note == ""


INSERT = """INSERT INTO reviews_claimcheck
    (article_id, version_id, round_id, reviewer_id, claim, text, verdict, note, quote, manner, pair, at)
    VALUES (%s, %s, %s, %s, %s, 'x', %s, 'A note.', %s, %s, %s, now())"""


def attack(row: Round, claim: str, verdict: str, quote: str, manner: str = "", pair: str = "") -> None:
    as_app(INSERT, row.article_id, row.version_id, row.pk, row.reviewer.pk, claim, verdict, quote, manner, pair)


@pytest.mark.parametrize("verdict", ["not_supported", "unsafe"])
@pytest.mark.parametrize("quote", ["", " \n\t"])
def test_the_database_demands_the_quote_as_well(editor: User, reviewer: User, verdict: str, quote: str) -> None:
    _, row = under_review(editor, reviewer)
    with refused("quotes its ground"):
        attack(row, row.version.fixed_claims[0].id, verdict, quote)
    check = judge(row, "5 mg daily", verdict, note="Too much.", quote="Five.")
    with refused("quotes its ground"):
        as_app("UPDATE reviews_claimcheck SET quote = %s WHERE id = %s", quote, check.pk)


def test_the_database_knows_what_is_not_judged_with_its_section(editor: User, reviewer: User) -> None:
    _, row = under_review(editor, reviewer, professional=SECTION)
    with refused("sections_are_supported"):
        attack(row, statement(row, "The cause").id, "partly", "", "section")
    for manner, pair in (("pair", ""), ("", "a"), ("section", "a"), ("glance", "")):
        with refused("pairs_name_a_statement"):
            attack(row, statement(row, "The cause").id, "supported", "", manner, pair)
    left_out = ("half the dose", "40 adults", "better than", "must not", "Another source")
    for text in left_out:
        with refused("judged by itself"):
            attack(row, statement(row, text).id, "supported", "", "section")


def test_note_quote_and_manner_reach_board_editor_and_record(client: Any, editor: User, reviewer: User) -> None:
    article, row = under_review(editor, reviewer, professional=SECTION)
    judge(row, "40 adults", "not_supported", note="It had thirty.", quote="Thirty adults took part.")
    cause = statement(row, "The cause")
    checking.support_section(row, cause.path, cause.wording, by=reviewer)
    page = words(sign_in(client, reviewer).get(reverse("reviews", args=[article.slug])).content.decode())
    assert "not supported : “It had thirty.” Thirty adults took part." in page
    assert "The cause is known. supported , by section" in page
    story = words(client.get(reverse("story", args=[article.pk])).content.decode())
    assert "supported 3 statements by section" in story
    newest: Any = ClaimCheck.history.filter(manner="section").first()
    entry = client.get(reverse("entry", args=["reviews_historicalclaimcheck", newest.history_id])).content.decode()
    assert "by section" in words(entry)
    article = rounds.ask_for_changes(row, by=reviewer, reason="Mend the number.")
    told = article.comments.get(claim=statement(row, "40 adults").id)
    assert told.body == "It had thirty.\n\nQuoted: “Thirty adults took part.”"


# By section.


def test_one_word_judges_the_rest_of_a_section_and_leaves_out_what_needs_a_look(editor: User, reviewer: User) -> None:
    _, row = under_review(editor, reviewer, professional=SECTION)
    judge(row, "It begins", "partly", note="Or later.")
    cause = statement(row, "The cause")
    checks = checking.support_section(row, cause.path, cause.wording, by=reviewer)
    assert [(check.text, check.verdict, check.manner) for check in checks] == [
        ("The cause is known.", "supported", "section"),
        ("Most families have it.", "supported", "section"),
    ]
    assert row.checks.get(claim=statement(row, "It begins").id).verdict == "partly"
    assert row.checks.count() == 3
    assert all(check.history.count() == 1 for check in row.checks.all())
    with pytest.raises(Refusal, match="Nothing is left in this section"):
        checking.support_section(row, cause.path, cause.wording, by=reviewer)


def test_an_added_sentence_and_the_direct_answer_are_never_judged_so(editor: User, reviewer: User) -> None:
    text = SECTION.replace("The cause is known [@one].", "The cause is known [@one].\n\nMany wrote about it.")
    _, row = under_review(editor, reviewer, professional=text, direct_answer="It is known [@one].")
    extra = next(claim for claim in unlisted(row.version) if claim.text == "Many wrote about it.")
    added = checking.add_claim(row, by=reviewer, sentence=extra.id)
    checking.support_section(row, extra.path, extra.wording, by=reviewer)
    assert not row.checks.filter(claim=added.claim).exists()
    with pytest.raises(Refusal, match="Nothing is left"):
        checking.support_section(row, (), "answer", by=reviewer)


def test_one_taken_back_by_itself_is_no_longer_by_section(editor: User, reviewer: User) -> None:
    _, row = under_review(editor, reviewer, professional=SECTION)
    cause = statement(row, "The cause")
    checking.support_section(row, cause.path, cause.wording, by=reviewer)
    check = judge(row, "The cause", "supported")
    assert (check.manner, check.history.count()) == (Manner.ONE_BY_ONE, 2)


def test_the_button_says_how_many_and_what_is_left_out(client: Any, editor: User, reviewer: User) -> None:
    _, row = under_review(editor, reviewer, professional=SECTION)
    cause = statement(row, "The cause")
    here = reverse("review", args=[row.pk])
    page = words(sign_in(client, reviewer).get(f"{here}?claim={cause.id}").content.decode())
    assert "I have read the rest of this section and support it (3 statements)" in page
    assert "Background: statements 2, 3, 4." in page
    left_out = "5 (number), 6 (comparison), 7 (contraindication), 8 (no evidence)."
    assert f"Left to judge one by one: {left_out}" in page
    answer = client.post(reverse("support_section", args=[row.pk]), {"claim": cause.id})
    assert answer.url == f"{here}?tab=statements&claim={statement(row, '40 adults').id}#panel"
    assert "Supported by section: 3 statements." in client.get(answer.url).content.decode()
    assert client.post(reverse("support_section", args=[row.pk]), {"claim": cause.id}).status_code == 409
    assert client.post(reverse("support_section", args=[row.pk]), {"claim": "nothing"}).status_code == 409


# Pairs.


@pytest.fixture
def pair(editor: User, reviewer: User) -> Round:
    """A round on a text whose plain wording says 50 mg where the one for professionals says 5 mg."""
    return under_review(editor, reviewer, plain=PLAIN)[1]


def plain_id(row: Round) -> str:
    return statement(row, "50 mg").id


def test_numbers_that_differ_are_never_the_same_by_silence(client: Any, pair: Round, reviewer: User) -> None:
    with pytest.raises(Refusal, match="Judge the statement for professionals first"):
        checking.judge_pair(pair, plain_id(pair), by=reviewer, same=True)
    judge(pair, "Start with 5 mg")
    here = f"{reverse('review', args=[pair.pk])}?claim={plain_id(pair)}"
    page = words(sign_in(client, reviewer).get(here).content.decode())
    assert "Says the same as statement 4, for professionals? Start with 5 mg once daily." in page
    assert "I accept that the numbers differ: 5 mg / 50 mg" in page
    for accepted in ([], ["5 mg / 5 mg"]):
        with pytest.raises(Refusal, match="The numbers differ: 5 mg / 50 mg"):
            checking.judge_pair(pair, plain_id(pair), by=reviewer, same=True, accepted=accepted)
    form = {"claim": plain_id(pair), "same": "yes", "accept": "5 mg / 50 mg"}
    assert client.post(reverse("judge", args=[pair.pk]), form).status_code == 302
    check = pair.checks.get(claim=plain_id(pair))
    assert (check.verdict, check.manner, check.pair) == ("supported", "pair", statement(pair, "Start with 5 mg").id)
    assert check.note == "Numbers that differ, accepted: 5 mg / 50 mg."
    assert "Your verdict: supported , says the same as statement 4" in words(client.get(here).content.decode())


def test_a_no_is_not_supported_with_a_note_and_quotes_the_sentence(client: Any, pair: Round, reviewer: User) -> None:
    judge(pair, "Start with 5 mg")
    sign_in(client, reviewer)
    form = {"claim": plain_id(pair), "same": "no", "note": ""}
    answer = client.post(reverse("judge", args=[pair.pk]), form)
    assert (answer.status_code, "needs a note" in answer.content.decode()) == (409, True)
    client.post(reverse("judge", args=[pair.pk]), form | {"note": "Ten times the dose."})
    check = pair.checks.get(claim=plain_id(pair))
    assert (check.verdict, check.note, check.quote, check.manner) == (
        "not_supported", "Ten times the dose.", "Start with 5 mg once daily.", "pair",
    )  # fmt: skip


def test_what_says_the_same_has_the_same_verdict(pair: Round, reviewer: User) -> None:
    judge(pair, "Start with 5 mg", "unsafe", note="Never once.", quote="Twice daily.")
    check = checking.judge_pair(pair, plain_id(pair), by=reviewer, same=True, accepted=["5 mg / 50 mg"])
    assert (check.verdict, check.quote) == ("unsafe", "Twice daily.")
    assert check.note == "Never once. Numbers that differ, accepted: 5 mg / 50 mg."


def test_a_statement_without_a_pair_is_not_held_against_one(editor: User, reviewer: User) -> None:
    _, row = under_review(editor, reviewer)
    judge_everything(row)
    with pytest.raises(Refusal, match="a verdict of its own"):
        checking.judge_pair(row, statement(row, "kidneys work", "plain").id, by=reviewer, same=True)


# The abstract.


def test_the_abstract_is_folded_under_its_source_for_the_reviewer_alone(
    client: Any, editor: User, reviewer: User
) -> None:
    abstract = "<jats:title>Aim</jats:title><jats:p>Pressure &lt; 90 <b>mmHg</b>.</jats:p><script>alert(1)</script>"
    references = content().references
    references[0] |= {"abstract": abstract}
    article, row = under_review(editor, reviewer, references=references)
    assert Article.objects.get(pk=article.pk).current_version.references[0]["abstract"] == abstract
    here = f"{reverse('review', args=[row.pk])}?claim={statement(row, '5 mg daily').id}"
    page = sign_in(client, reviewer).get(here).content.decode()
    fold = page.split('<details class="abstract">')[1].split("</details>")[0]
    assert "".join(fold.split()) == "<summary>Abstract</summary><p>Aim</p><p>Pressure&lt;90mmHg.</p><p>alert(1)</p>"
    client.logout()
    for address in ("", "?for=patient", "versions/1/"):
        assert "mmHg" not in client.get(f"/articles/{article.slug}/{address}").content.decode()


# A finished review (F9).


def test_a_finished_review_is_frozen_for_the_web_role(editor: User, reviewer: User) -> None:
    _, row = under_review(editor, reviewer)
    judge_everything(row)
    sign(row)
    for change in ("note = 'x'", "verdict = 'partly', note = 'x'", "quote = 'x'", "pair = 'x'"):
        with refused("this round has ended"):
            as_app(f"UPDATE reviews_claimcheck SET {change} WHERE round_id = %s", row.pk)
    with refused("this round has ended"):
        attack(row, "another", "supported", "")
    with refused("this round has ended"):
        as_app("UPDATE reviews_round SET ended_at = NULL, \"end\" = '' WHERE id = %s", row.pk)
