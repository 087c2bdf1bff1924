"""The reviewer's desk through its pages: taking, judging, deciding, and every refusal with its sentence."""

from urllib.parse import quote

import pytest
from django.urls import reverse

from articles.models import Article
from articles.models.version import write
from reviews import checking, discussion, rounds, signing
from reviews.models import ClaimCheck, Round, SigningFailure, SignOff
from reviews.tasks import MOST

from .cast import (
    ANSWERED,
    PASSWORD,
    amended,
    approved,
    content,
    judge_everything,
    make_article,
    person,
    sent_again,
    sign_in,
    submitted,
    under_review,
)

pytestmark = pytest.mark.django_db


def at(name: str, *args: object) -> str:
    return reverse(name, args=args)


def test_to_do_shows_what_is_open_in_my_specialty_with_its_size(client, editor, reviewer, reviewer2):
    submitted(editor)
    page = sign_in(client, reviewer).get(at("to_do")).content.decode()
    assert "Open to take in my specialty" in page
    assert "5 statements, about 3 min" in page
    assert "May drug A" not in sign_in(client, reviewer2).get(at("to_do")).content.decode()


def test_before_taking_one_sees_question_answer_and_references(client, editor, reviewer):
    article = submitted(editor)
    page = sign_in(client, reviewer).get(at("take", article.slug)).content.decode()
    for words in ("May drug A be given", "half the dose", "A trial of drug A", "No conflict, begin", "Not for me"):
        assert words in page
    answer = client.post(at("take", article.slug))
    assert answer.url == at("review", Round.objects.get().pk)


def test_a_declared_interest_bars_until_the_chair_clears_it(client, editor, reviewer, chair):
    article = submitted(editor)
    sign_in(client, reviewer).post(at("declare", article.slug), {"text": "Fees from the maker."})
    refused = client.post(at("take", article.slug))
    assert (refused.status_code, b"You declared an interest" in refused.content) == (403, True)
    review = reviewer.reviews.get()
    page = sign_in(client, chair).get(at("to_do")).content.decode()
    assert "Fees from the maker." in page
    given = {"answer": "clear", "reason": "Long ago.", "seen": review.newest_entry}
    client.post(at("clear_conflict", article.slug, review.pk), given)
    assert sign_in(client, reviewer).post(at("take", article.slug)).status_code == 302
    assert "Long ago." in reviewer.reviews.get().conflict_line


def test_judging_goes_to_the_next_statement_and_then_to_the_decision(client, editor, reviewer):
    _, row = under_review(editor, reviewer)
    sign_in(client, reviewer)
    ids = [claim.id for claim in row.version.fixed_claims]
    for place, claim in enumerate(ids):
        answer = client.post(at("judge", row.pk), {"claim": claim, "verdict": "supported"})
        following = ids[place + 1] if place + 1 < len(ids) else claim
        anchor = "panel" if place + 1 < len(ids) else "decision"
        assert answer.url == f"{at('review', row.pk)}?tab=statements&claim={following}#{anchor}"
    page = client.get(at("review", row.pk)).content.decode()
    assert "5 of 5 judged" in page
    assert "data-ready" in page


def test_a_doubt_without_a_note_is_refused_and_keeps_the_page(client, editor, reviewer):
    _, row = under_review(editor, reviewer)
    claim = row.version.fixed_claims[2].id
    answer = sign_in(client, reviewer).post(at("judge", row.pk), {"claim": claim, "verdict": "unsafe", "note": ""})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "needs a note that says why" in page
    assert f'data-current="{claim}"' in page
    assert ClaimCheck.objects.count() == 0


def test_signing_in_one_panel(client, editor, reviewer):
    article, row = under_review(editor, reviewer)
    judge_everything(row)
    page = sign_in(client, reviewer).get(at("review", row.pk)).content.decode()
    assert "I reviewed version 1 and approve it for publication." in page
    assert "0 of 1 signature given; yours publishes it" in page
    assert " checked" not in page.split('id="decision"')[1].split("</section>")[0].replace("Credentials checked", "")
    wanted = {"decision": "approve", "sha256": row.version.content_sha256, "password": PASSWORD, **ANSWERED}
    assert client.post(at("decide", row.pk), wanted).url == at("record", article.slug)
    assert SignOff.objects.get().signer == reviewer


@pytest.mark.parametrize("decision", ["", "accept", "Approve", "reject"])
def test_any_other_decision_is_refused(client, editor, reviewer, decision):
    """Only the two words decide; nothing is taken for a decision (F8)."""
    _, row = under_review(editor, reviewer)
    judge_everything(row)
    posted = {"decision": decision, "sha256": row.version.content_sha256, "password": PASSWORD, **ANSWERED}
    answer = sign_in(client, reviewer).post(at("decide", row.pk), posted)
    assert (answer.status_code, SignOff.objects.count()) == (422, 0)


def test_a_wrong_password_signs_nothing_and_is_on_record(client, editor, reviewer):
    _, row = under_review(editor, reviewer)
    judge_everything(row)
    posted = {"decision": "approve", "sha256": row.version.content_sha256, "password": "guess", **ANSWERED}
    answer = sign_in(client, reviewer).post(at("decide", row.pk), posted)
    assert (answer.status_code, b"The password is not right" in answer.content) == (403, True)
    assert (SignOff.objects.count(), SigningFailure.objects.get().by) == (0, reviewer)


def test_asking_for_changes_needs_no_password_and_not_every_verdict(client, editor, reviewer):
    article, row = under_review(editor, reviewer)
    sign_in(client, reviewer)
    assert client.post(at("decide", row.pk), {"decision": "changes", "reason": ""}).status_code == 409
    client.post(at("decide", row.pk), {"decision": "changes", "reason": "Name the dose."})
    assert Article.objects.get(pk=article.pk).state == "changes_requested"
    assert SignOff.objects.count() == 0


def test_an_approval_of_what_was_not_on_the_screen_is_refused_with_the_difference(client, editor, reviewer):
    """Two tabs: the page was made of version 1; version 2 came meanwhile (F1)."""
    article, row = under_review(editor, reviewer)
    judge_everything(row)
    shown = row.version.content_sha256
    article = article.perform("recall", by=editor, reason="One more change.")
    version = article.current_version
    fresh = content(direct_answer="Yes, but only at a quarter of the dose [@one].")
    write(article, by=editor, base=version.fingerprint, content=fresh, change_note="Dose.")
    Article.objects.get(pk=article.pk).perform("submit", by=editor)
    posted = {"decision": "approve", "sha256": shown, "password": PASSWORD, **ANSWERED}
    answer = sign_in(client, reviewer).post(at("decide", row.pk), posted)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "quarter" in page
    assert "half" in page
    assert SignOff.objects.count() == 0


def test_a_second_round_opens_on_what_changed(client, editor, reviewer):
    article, row = under_review(editor, reviewer)
    judge_everything(row)
    article = rounds.ask_for_changes(row, by=reviewer, reason="Clearer.")
    article = sent_again(article, editor, direct_answer="Yes, at 10 mg [@one].")
    again = rounds.active_round(article, reviewer)
    page = sign_in(client, reviewer).get(at("review", again.pk)).content.decode()
    assert "What changed since you last looked: 1 statement, about 1 minute" in page
    assert "<ins>" in page
    assert "4 of 5 judged" in page
    assert "Second rounds" in client.get(at("to_do")).content.decode()


def test_what_waits_for_the_editor_is_not_lost_behind_rounds_that_were_overtaken(client, editor, reviewer):
    _, row = under_review(editor, reviewer, question="Sent back first?")
    rounds.ask_for_changes(row, by=reviewer, reason="Mend.")
    article, _ = under_review(editor, reviewer, question="Taken back often?")
    for turn in range(MOST + 1):
        article = article.perform("recall", by=editor, reason="One more change.")
        if turn < MOST:
            article = amended(article, editor, question="Taken back often?", plain=f"Text {turn} [@one].")
            article = article.perform("submit", by=editor)
    page = sign_in(client, reviewer).get(at("to_do")).content.decode()
    waiting = page.split("Waiting for the editor")[1]
    assert [name in waiting for name in ("Sent back first?", "Taken back often?")] == [True, True]
    assert waiting.count('class="row-title"') == 2


def test_nobody_reaches_a_page_that_is_not_theirs(client, request, editor, reviewer):
    _, row = under_review(editor, reviewer)
    ladder = {"reviewer3": 403, "editor": 403, "chair": 403, "auditor": 403, "outsider": 404, "superuser": 404}
    for name, status in ladder.items():
        person = request.getfixturevalue(name)
        sign_in(client, person)
        assert (name, client.get(at("review", row.pk)).status_code) == (name, status)
        for action in ("judge", "support_section", "comment", "add_claim", "give_back", "decide"):
            assert (name, action, client.post(at(action, row.pk)).status_code) == (name, action, status)
    client.logout()
    assert client.get(at("review", row.pk)).url.startswith("/accounts/login/")


def test_a_visit_to_an_actions_address_leads_to_the_page_and_does_nothing(client, editor, reviewer):
    _, row = under_review(editor, reviewer)
    sign_in(client, reviewer)
    for action in ("judge", "support_section", "comment", "add_claim", "give_back", "decide"):
        assert client.get(at(action, row.pk)).url == at("review", row.pk)
        assert (
            client.get(f"{at(action, row.pk)}?claim=a%26b").url == f"{at('review', row.pk)}?tab=statements&claim=a%26b"
        )
    assert Round.objects.get(pk=row.pk).ended_at is None


def test_other_actions_say_that_they_take_a_form(client, editor, reviewer):
    answer = sign_in(client, reviewer).get(at("declare", submitted(editor).slug))
    assert (answer.status_code, b"takes a form" in answer.content) == (405, True)


def test_after_the_session_ended_sign_in_leads_back_to_the_round(client, editor, reviewer):
    _, row = under_review(editor, reviewer)
    page = "http://testserver" + at("review", row.pk)
    answer = client.post(at("judge", row.pk), {"claim": "x"}, headers={"referer": page})
    assert answer.url == f"/accounts/login/?next={at('review', row.pk)}"
    page = f"{page}?tab=statements&claim=21"
    answer = client.post(at("judge", row.pk), {"claim": "21"}, headers={"referer": page})
    assert answer.url == f"/accounts/login/?next={quote(page.removeprefix('http://testserver'))}"


def test_a_refusal_shows_what_was_typed(client, editor, reviewer):
    signoff = approved(editor, reviewer).signoffs.get()
    words = "A reason of many words that took time to write."
    answer = sign_in(client, editor).post(at("revoke", signoff.pk), {"reason": words})
    assert (answer.status_code, words in answer.content.decode()) == (403, True)


def test_nul_is_refused(client, editor, reviewer):
    _, row = under_review(editor, reviewer)
    sign_in(client, reviewer)
    for action in ("comment", "decide", "give_back"):
        posted = {"body": "a\x00b", "reason": "a\x00b", "note": "a\x00b", "decision": "changes"}
        assert (action, client.post(at(action, row.pk), posted).status_code) == (action, 400)


def test_the_page_of_reviews_shows_verdicts_and_lets_the_chair_close(
    client, editor, reviewer, chair, auditor, outsider
):
    article, row = under_review(editor, reviewer)
    checking.judge(row, row.version.fixed_claims[1].id, by=reviewer, verdict="partly", note="Only in adults.")
    remark = discussion.comment(row, by=reviewer, body="Which trial?", blocking=True)
    rounds.give_back(row, by=reviewer, note="On leave.")
    page = at("reviews", article.slug)
    shown = sign_in(client, auditor).get(page).content.decode()
    for words in ("Only in adults.", "Which trial?", "On leave.", "given back"):
        assert words in shown
    assert "Close as met" not in shown
    assert "Close as met" in sign_in(client, chair).get(page).content.decode()
    client.post(at("resolve_objection", remark.pk))
    assert article.comments.get().resolved_by == chair
    assert sign_in(client, outsider).get(page).status_code == 404


def test_to_do_offers_only_what_my_signature_could_help(client, editor, reviewer, reviewer2):
    """A second specialty shows the article to its members only where the rule could use them."""
    submitted(editor, specialties=("nephrology", "cardiology"))
    assert "Look and take" in sign_in(client, reviewer).get(at("to_do")).content.decode()
    assert "Look and take" not in sign_in(client, reviewer2).get(at("to_do")).content.decode()


def test_after_a_revocation_the_signer_may_take_it_again(client, editor, reviewer):
    article = approved(editor, reviewer)
    signing.revoke(article.signoffs.get(), by=reviewer, reason="I misread the trial.")
    assert "Open to take" in sign_in(client, reviewer).get(at("to_do")).content.decode()


def test_a_member_without_a_board_record_is_told(client, founded):
    stranger = person("Nora Newcomer", "reviewer")
    assert "You have no board record yet" in sign_in(client, stranger).get(at("to_do")).content.decode()


def test_hostile_strings_show_as_text(client, editor, reviewer):
    hostile = "<script>alert(1)</script><img src=x onerror=alert(1)>\"'{{ 7|add:7 }}"
    article, row = under_review(
        editor, reviewer, question=hostile, direct_answer=f"{hostile} at 5 mg [@one].", title=hostile,
        professional=f"## {hostile}\n\n5 mg {hostile} [@one].", plain=f"{hostile} 5 mg [@one].", funding=hostile,
        evidence=[{"key": "one", "quote": hostile, "place": hostile}],
    )  # fmt: skip
    discussion.comment(row, by=reviewer, body=hostile, blocking=True)
    checking.judge(row, row.version.fixed_claims[0].id, by=reviewer, verdict="partly", note=hostile)
    sign_in(client, reviewer)
    for page in (at("to_do"), at("review", row.pk), *(f"{at('review', row.pk)}?tab={tab}" for tab in
                 ("statements", "discussion", "checks", "changes")), at("take", article.slug)):  # fmt: skip
        html = client.get(page).content.decode()
        assert "<script>alert" not in html
        assert "<img src=x" not in html
        assert "&lt;script&gt;" in html


@pytest.mark.parametrize("number", [1, 3])
def test_to_do_takes_the_same_queries_at_any_length(
    client, editor, reviewer, reviewer3, number, django_assert_num_queries
):
    for place in range(number):
        submitted(editor, question=f"Open question {place}?")
        under_review(editor, reviewer, question=f"My question {place}?")
        _, row = under_review(editor, reviewer, question=f"Sent back {place}?")
        rounds.ask_for_changes(row, by=reviewer, reason="Mend.")
    sign_in(client, reviewer)
    with django_assert_num_queries(9):  # a savepoint's two among them
        client.get(at("to_do"))


def test_a_round_that_ended_leads_to_the_record(client, editor, reviewer):
    article, row = under_review(editor, reviewer)
    rounds.give_back(row, by=reviewer)
    assert sign_in(client, reviewer).get(at("review", row.pk)).url == at("record", article.slug)


def test_a_draft_cannot_be_taken(client, editor, reviewer):
    article = make_article(editor)
    assert sign_in(client, reviewer).post(at("take", article.slug)).status_code == 409
