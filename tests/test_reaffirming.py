"""Reaffirming: new sign-offs on the version that stands move its date, in any state, and change nothing else."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from articles.models import Article
from articles.models.suspension import lift, suspend
from oracle import clock
from oracle.accounts.authentication import Proof, WrongProof
from oracle.accounts.models import User
from oracle.audit.history import record
from oracle.refusals import NotAllowed, Refusal, Stale
from reviews import checking, discussion, reaffirming, rounds, signing
from reviews.models import Round, SignOff, SignOffRule

from .cast import (
    ANSWERED,
    PASSWORD,
    PROOF,
    amended,
    answers_to,
    approved,
    judge_everything,
    make_article,
    person,
    revised,
    sign,
    sign_in,
    under_review,
)
from .reading import words

pytestmark = pytest.mark.django_db(transaction=True)

LATER = timedelta(days=200)
LAPSED = timedelta(days=4 * 366)


@pytest.fixture
def signed(editor: User, reviewer: User) -> Article:
    return approved(editor, reviewer)


def fresh(article: Article) -> Article:
    return Article.objects.get(pk=article.pk)


def again(article: Article, by: User) -> Article:
    """A whole reaffirming round."""
    row = reaffirming.begin(article, by=by)
    judge_everything(row)
    return sign_again(row)


def sign_again(row: Round) -> Article:
    shown = row.version.content_sha256
    return reaffirming.sign_again(row, by=row.reviewer, shown_sha256=shown, proof=PROOF, answers=answers_to(row))


def two_signed(editor: User, reviewer: User, reviewer2: User) -> Article:
    article, first = under_review(editor, reviewer, risk="high")
    second = rounds.take(article, by=reviewer2)
    judge_everything(first)
    judge_everything(second)
    sign(first)
    return sign(second)


def renew(*users: User) -> None:
    for user in users:
        member = user.board_record
        member.expires_on, member.disclosed_on = clock.today() + timedelta(days=300), clock.today()
        with transaction.atomic():
            record(member, by=None, event="board.save")


@pytest.mark.parametrize("after", [LATER, LAPSED])
def test_a_new_signature_moves_the_date_before_and_after_it_lapsed(
    signed: Article, reviewer: User, after: timedelta
) -> None:
    with clock.moved_to(clock.now() + after):
        renew(reviewer)
        article = again(signed, reviewer)
        assert article.signed_on == clock.today()
    assert (article.state, article.standing_version, article.updated_on) == (
        "approved", signed.standing_version, signed.updated_on,
    )  # fmt: skip
    assert (article.review_due.year - article.signed_on.year, article.review_due > signed.review_due) == (3, True)
    assert article.signoffs.latest("id").statement == "I reviewed version 1 again and approve it for publication."
    assert article.history.latest("history_id").history_event == "article.reaffirm"
    assert article.history.filter(history_event="article.approve").count() == 1


@pytest.mark.parametrize("state", ["approved", "draft", "submitted", "under_review", "changes_requested"])
def test_in_any_state_and_without_a_step(
    editor: User, reviewer: User, reviewer3: User, chair: User, signed: Article, state: str
) -> None:
    article = signed
    if state != "approved":
        article = revised(article, editor)
    if state in ("submitted", "under_review", "changes_requested"):
        article = article.perform("submit", by=editor)
    if state == "submitted":
        article = rounds.give_back(rounds.active_round(article, reviewer), by=reviewer)
    if state == "changes_requested":
        article = rounds.ask_for_changes(rounds.active_round(article, reviewer), by=reviewer, reason="No.")
    assert article.state == state
    with clock.moved_to(clock.now() + LATER):
        done = again(article, reviewer3)
        assert (done.state, done.signed_on, done.current_version) == (state, clock.today(), article.current_version)
    assert [row["name"] for row in done.signatures["people"]] == ["Rosalind Reviewer"]


def test_new_signatures_alone_have_to_meet_the_rule(
    editor: User, reviewer: User, reviewer2: User, reviewer3: User
) -> None:
    """One of two moves nothing, nor do an old one and a new one together."""
    article = two_signed(editor, reviewer, reviewer2)
    with clock.moved_to(clock.now() + LATER):
        half = again(article, reviewer3)
        assert (half.signed_on, half.signatures) == (article.signed_on, article.signatures)
        with pytest.raises(NotAllowed, match="You have reaffirmed this version already"):
            reaffirming.begin(half, by=reviewer3)
        with pytest.raises(NotAllowed, match="different specialties"):
            reaffirming.begin(half, by=reviewer)
        done = again(half, reviewer2)
        assert done.signed_on == clock.today()
    assert [row["name"] for row in done.signatures["people"]] == ["Rosalind Reviewer", "Ralph Reviewer"]


def test_a_round_on_what_stands_lives_beside_the_next_version(
    editor: User, reviewer: User, reviewer3: User, signed: Article
) -> None:
    """Submitting, sending back and taking back the next version do not end it; approving that one does."""
    row = reaffirming.begin(signed, by=reviewer3)
    article = revised(fresh(signed), editor).perform("submit", by=editor)
    newer = rounds.active_round(article, reviewer)
    assert {one.review.reviewer for one in article.rounds.active().filter(version=article.current_version)} == {
        reviewer, reviewer3,
    }  # fmt: skip
    article = article.perform("recall", by=editor, reason="A slip.")
    article = amended(article, editor).perform("submit", by=editor)
    article = rounds.ask_for_changes(rounds.active_round(article, reviewer), by=reviewer, reason="Name the dose.")
    remark = article.comments.get()
    assert (remark.body, remark.by) == ("Name the dose.", reviewer)
    discussion.resolve(remark, by=reviewer)
    article = amended(article, editor).perform("submit", by=editor)
    assert Round.objects.get(pk=row.pk).ended_at is None
    newer = rounds.active_round(article, reviewer)
    judge_everything(newer)
    article = sign(newer)
    assert Round.objects.get(pk=row.pk).end == "overtaken"
    with pytest.raises(Refusal, match="This round has ended"):
        sign_again(row)


def test_giving_it_back_releases_nothing(editor: User, reviewer: User, reviewer3: User, signed: Article) -> None:
    row = reaffirming.begin(signed, by=reviewer3)
    assert rounds.give_back(row, by=reviewer3).state == "approved"
    row = reaffirming.begin(fresh(signed), by=reviewer3)
    revised(fresh(signed), editor).perform("submit", by=editor)
    assert rounds.give_back(row, by=reviewer3).state == "under_review"


def test_not_reaffirmed_ends_the_round_changes_no_state_and_tells_the_chair(
    client: Client, reviewer: User, reviewer3: User, chair: User, signed: Article
) -> None:
    row = reaffirming.begin(signed, by=reviewer3)
    with pytest.raises(Refusal, match="Say why you do not reaffirm it"):
        reaffirming.decline(row, by=reviewer3, reason=" ")
    with pytest.raises(Refusal, match="reaffirm it, or say why"):
        rounds.ask_for_changes(row, by=reviewer3, reason="Old.")
    article = reaffirming.decline(row, by=reviewer3, reason="A newer trial says otherwise.")
    assert (article.state, article.standing_version, article.signed_on) == (
        "approved", signed.standing_version, signed.signed_on,
    )  # fmt: skip
    assert Round.objects.get(pk=row.pk).end == "refused"
    told = words(sign_in(client, chair).get(reverse("to_do")).content.decode())
    assert "1 needs you: 1 not reaffirmed." in told
    assert "Rosalind Reviewer" in told
    assert "A newer trial says otherwise." in told
    with clock.moved_to(clock.now() + LATER):
        again(fresh(signed), reviewer)
        assert "not reaffirmed" not in sign_in(client, chair).get(reverse("to_do")).content.decode()


def test_hidden_withdrawn_or_never_signed_is_refused(
    editor: User, reviewer: User, reviewer2: User, reviewer3: User, chair: User, signed: Article
) -> None:
    with pytest.raises(Refusal, match="nothing to reaffirm"):
        reaffirming.begin(make_article(editor, question="Another?"), by=reviewer)
    row = reaffirming.begin(signed, by=reviewer3)
    suspend(fresh(signed), by=reviewer2, reason="A concern.")
    for act in (lambda: sign_again(row), lambda: reaffirming.begin(signed, by=reviewer)):
        with pytest.raises(Refusal, match="is hidden"):
            act()
    lift(fresh(signed), by=chair, reason="None.")
    fresh(signed).perform("withdraw", by=chair, reason="Old.")
    assert Round.objects.get(pk=row.pk).end == "overtaken"
    with pytest.raises(Refusal, match="nothing to reaffirm"):
        reaffirming.begin(fresh(signed), by=reviewer)


def test_who_may_not(editor: User, reviewer: User, reviewer2: User, chair: User, signed: Article) -> None:
    for user, why in (
        (editor, "Only a member"), (chair, "Only a member"), (reviewer2, "main specialty"),
        (person("Nora Nobody", "reviewer"), "no board record"),
    ):  # fmt: skip
        with pytest.raises(NotAllowed, match=why):
            reaffirming.begin(signed, by=user)
    reaffirming.begin(signed, by=reviewer)
    with pytest.raises(Refusal, match="has begun already"):
        reaffirming.begin(fresh(signed), by=reviewer)


def test_what_is_signed_is_what_was_shown(reviewer: User, signed: Article) -> None:
    row = reaffirming.begin(signed, by=reviewer)
    with pytest.raises(Stale, match="nothing was signed"):
        reaffirming.sign_again(row, by=reviewer, shown_sha256="0" * 64, proof=PROOF, answers=answers_to(row))
    with pytest.raises(WrongProof):
        reaffirming.sign_again(
            row,
            by=reviewer,
            shown_sha256=row.version.content_sha256,
            proof=Proof(password="x"),
            answers=answers_to(row),
        )


def test_verdicts_are_kept_and_one_judged_anew_may_stop_it(reviewer: User, reviewer3: User, signed: Article) -> None:
    row = reaffirming.begin(signed, by=reviewer)
    claim = row.version.fixed_claims[1].id
    checking.judge(row, claim, by=reviewer, verdict="not_supported", note="Superseded.", quote="A newer trial.")
    with pytest.raises(Refusal, match="stops approval"):
        sign_again(row)
    checking.judge(row, claim, by=reviewer, verdict="supported")
    assert sign_again(row).standing_version == signed.standing_version


def test_an_objection_to_the_next_version_does_not_stop_it(
    editor: User, reviewer: User, reviewer3: User, signed: Article
) -> None:
    article = revised(signed, editor).perform("submit", by=editor)
    discussion.comment(rounds.active_round(article, reviewer), by=reviewer, body="Which trial?", blocking=True)
    row = reaffirming.begin(fresh(article), by=reviewer3)
    remark = discussion.comment(row, by=reviewer3, body="And here?", blocking=True)
    with pytest.raises(Refusal, match="1 blocking comment is still open"):
        sign_again(row)
    discussion.resolve(remark, by=reviewer3)
    sign_again(row)


def test_revoking_a_new_signature_brings_the_earlier_date_back(
    reviewer: User, reviewer3: User, signed: Article
) -> None:
    with clock.moved_to(clock.now() + LATER):
        article = again(signed, reviewer3)
        article = signing.revoke(article.signoffs.latest("id"), by=reviewer3, reason="I was mistaken.")
    assert (article.state, article.signed_on, article.review_due) == ("approved", signed.signed_on, signed.review_due)
    assert article.signatures == signed.signatures


def test_revoking_the_old_signature_leaves_the_new_one_standing(
    reviewer: User, reviewer3: User, signed: Article
) -> None:
    with clock.moved_to(clock.now() + LATER):
        article = again(signed, reviewer3)
        moved = article.signed_on
        article = signing.revoke(article.signoffs.earliest("id"), by=reviewer, reason="I retire.")
    assert (article.state, article.signed_on) == ("approved", moved)
    assert [row["name"] for row in article.signatures["people"]] == ["Rosalind Reviewer"]


def test_an_older_signature_and_a_newer_one_move_no_date_by_a_revocation(
    editor: User, reviewer: User, reviewer2: User, reviewer3: User
) -> None:
    article = two_signed(editor, reviewer, reviewer2)
    with clock.moved_to(clock.now() + LATER):
        half = again(article, reviewer3)
        now = signing.revoke(half.signoffs.get(signer=reviewer), by=reviewer, reason="I retire.")
    assert (now.state, now.signed_on, now.review_due) == ("approved", article.signed_on, article.review_due)
    assert [row["name"] for row in now.signatures["people"]] == ["Ralph Reviewer", "Rosalind Reviewer"]


def test_a_standing_that_ends_turns_the_round_into_an_ordinary_one_or_ends_it(
    editor: User, reviewer: User, reviewer3: User, signed: Article
) -> None:
    row = reaffirming.begin(signed, by=reviewer3)
    article = signing.revoke(signed.signoffs.get(), by=reviewer, reason="Wrong.")
    assert (article.state, article.standing_version) == ("under_review", None)
    judge_everything(row)
    article = sign(Round.objects.get(pk=row.pk))
    assert article.state == "approved"
    row = reaffirming.begin(article, by=reviewer)
    revised(fresh(article), editor)
    article = signing.revoke(article.signoffs.latest("id"), by=reviewer3, reason="Wrong.")
    assert (article.state, Round.objects.get(pk=row.pk).end) == ("draft", "overtaken")


def test_a_stricter_rule_is_met_by_the_new_signatures_or_refused_whole(
    editor: User, reviewer: User, reviewer2: User, signed: Article
) -> None:
    """The newest signature's rule counts for all: under it the old one must not stop standing."""
    rule = SignOffRule.objects.get(risk="standard")
    rule.signatures = rule.specialties = 2
    with transaction.atomic():
        record(rule, by=None, event="rule.save")
    row = reaffirming.begin(signed, by=reviewer)
    with pytest.raises(Refusal, match="asks for more now"):
        sign_again(row)
    assert SignOff.objects.count() == 1
    half = again(fresh(signed), reviewer2)
    assert (half.signed_on, half.standing_version) == (signed.signed_on, signed.standing_version)
    with clock.moved_to(clock.now() + LATER):
        rounds.confirm_interests(row, by=reviewer)
        done = sign_again(row)
        assert done.signed_on == clock.today()
    assert [one["name"] for one in done.signatures["people"]] == ["Ralph Reviewer", "Rita Reviewer"]


def test_the_chair_points_it_out_to_an_earlier_reviewer(
    client: Client, reviewer: User, reviewer2: User, reviewer3: User, chair: User, signed: Article
) -> None:
    address = reverse("reaffirm", args=[signed.slug])
    page = sign_in(client, chair).get(address).content.decode()
    assert "Rita Reviewer" in page
    assert "No conflict, begin" not in page
    assert ("A trial of drug A" in page, "Back to the text" in page) == (True, False)
    for wrong, status in (("x", 409), ("99999", 404), (str(reviewer3.pk), 409), ("", 409), ("9" * 40, 409)):
        assert client.post(address, {"ask": wrong}).status_code == status
    assert client.post(address, {"ask": reviewer.pk}).status_code == 302
    row = Round.objects.active().get(review__reviewer=reviewer)
    assert (row.reaffirms, row.history.get().history_event, row.history.get().history_user) == (
        True, "round.ask", chair,
    )  # fmt: skip
    assert "1 reaffirmation in work" in words(sign_in(client, reviewer).get(reverse("to_do")).content.decode())
    assert client.post(address, {"ask": reviewer.pk}).status_code == 403


def test_a_chair_asks_nobody_to_reaffirm_their_own_text(editor: User, reviewer: User, signed: Article) -> None:
    editor.roles = ["editor", "chair"]
    with transaction.atomic():
        record(editor, by=None, event="user.roles")
    with pytest.raises(NotAllowed, match="another chair must choose"):
        reaffirming.ask(signed, reviewer, by=editor)


def test_an_open_question_costs_no_proof(reviewer: User, signed: Article) -> None:
    """A code that was typed could not be used again."""
    row = reaffirming.begin(signed, by=reviewer)
    given: dict[str, Any] = {"proof": Proof(password="wrong"), "answers": {}}
    with pytest.raises(Refusal, match=r"(?i)answer") as refused:
        reaffirming.sign_again(row, by=reviewer, shown_sha256=row.version.content_sha256, **given)
    assert not isinstance(refused.value, WrongProof)


def test_from_the_list_of_lapsing_to_the_new_date(client: Client, reviewer: User, signed: Article) -> None:
    sign_in(client, reviewer)
    assert "Look and reaffirm" not in client.get(reverse("to_do")).content.decode()
    with clock.moved_to(clock.now() + LAPSED):
        renew(reviewer)
        sign_in(client, reviewer)
        listed = words(client.get(reverse("to_do")).content.decode())
        assert "Lapsing or lapsed in my specialty" in listed
        assert f"review was due {signed.review_due:%-d %B %Y}" in listed
        address = reverse("reaffirm", args=[signed.slug])
        assert "No conflict, begin" in client.get(address).content.decode()
        row = Round.objects.get(pk=client.post(address).url.split("/")[3])
        here = reverse("review", args=[row.pk])
        page = words(client.get(here).content.decode())
        assert "I reviewed version 1 again and approve it for publication." in page
        assert "I do not reaffirm it." in page
        assert "0 of 1 signature given; yours moves its date" in page
        assert "Carried over from version 1" in page
        form: dict[str, Any] = {"decision": "approve", "sha256": row.version.content_sha256, "password": "no"}
        form |= ANSWERED
        refused = client.post(reverse("decide", args=[row.pk]), form)
        assert (refused.status_code, "The password is not right" in refused.content.decode()) == (403, True)
        done = client.post(reverse("decide", args=[row.pk]), form | {"password": PASSWORD}, follow=True)
        assert "Signed; its date moved." in done.content.decode()
        public = words(client.get(reverse("article", args=[signed.slug])).content.decode())
        assert f"Last updated {signed.updated_on:%-d %B %Y} Last reviewed {clock.today():%-d %B %Y}" in public
        assert "Overdue" not in public


def test_not_reaffirmed_on_the_page(client: Client, reviewer: User, signed: Article) -> None:
    row = reaffirming.begin(signed, by=reviewer)
    decide = reverse("decide", args=[row.pk])
    sign_in(client, reviewer)
    assert client.post(decide, {"decision": "changes", "reason": ""}).status_code == 409
    assert client.post(decide, {"decision": "changes", "reason": "Old."}).url == reverse("to_do")
    assert Round.objects.get(pk=row.pk).end == "refused"
    assert "Waiting for the editor" not in client.get(reverse("to_do")).content.decode()
