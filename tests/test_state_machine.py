"""Whatever verbs people do in whatever order: nothing is approved without the rule's signatures, no history row is
lost, no frozen version changes, and no hidden text is shown."""

from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from articles.models import Article, Version
from articles.models.suspension import lift, suspend
from articles.models.version import write
from oracle.accounts.models import User
from oracle.audit.guards import history_of, regulated_models
from oracle.refusals import Refusal
from reviews import checking, correcting, counting, discussion, interests, reaffirming, rounds, signing
from reviews.judging import claims_to_judge
from reviews.models import Comment, Conflict, Round, SignOff

from .cast import ALL_YES, PROOF, board_member, content, person

REASON = "Because."
# No statement: what is mended in it is a correction.
LOOSE = "The mechanism is debated among authors."
VERBS = ("submit", "recall", "revise", "abandon", "discard", "withdraw", "reinstate")
PEOPLE = ("editor", "writer", "reviewer", "cardiologist", "chair", "superuser")
who = st.sampled_from(PEOPLE)


class Life(RuleBasedStateMachine):
    """One article in the hands of six people."""

    def __init__(self) -> None:
        super().__init__()
        self.block = transaction.atomic()
        self.block.__enter__()
        self.people = cast()
        self.edits = 0
        self.frozen: dict[int, str] = {}
        self.rows = 0
        self.article = begin(self.people["editor"], self.text())

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.block.__exit__(None, None, None)

    def text(self) -> Any:
        self.edits += 1
        text = f"{content().professional}\n{LOOSE}\n"
        return content(direct_answer=f"Yes, at half the dose MARK{self.edits}END [@one].", professional=text, plain="")

    def fresh(self) -> Article:
        return Article.objects.get(pk=self.article.pk)

    def attempt(self, action: Any) -> None:
        """Do it or be refused; half-done is neither."""
        with suppress(Refusal), transaction.atomic():
            action()
            connection.check_constraints()

    def round_of(self, user: User) -> Round | None:
        return Round.objects.active().filter(review__reviewer=user).order_by("?").first()

    @rule(verb=st.sampled_from(VERBS), by=who)
    def do(self, verb: str, by: str) -> None:
        self.attempt(lambda: self.fresh().perform(verb, by=self.people[by], reason=REASON))

    @rule()
    def go_on(self) -> None:
        """What an editor would do next, so that runs get far."""
        step = {"draft": "submit", "changes_requested": "submit", "approved": "revise"}.get(self.fresh().state)
        if step:
            self.attempt(lambda: self.fresh().perform(step, by=self.people["editor"]))

    @rule()
    def review_whole(self) -> None:
        """From the text as it is to its signature, so that runs come to what follows one."""
        reviewer = self.people["reviewer"]
        self.go_on()
        self.attempt(lambda: rounds.take(self.fresh(), by=reviewer))
        self.settle_comments("reviewer")
        row = rounds.active_round(self.fresh(), reviewer)
        if row:
            for claim in claims_to_judge(row.version):
                self.attempt(lambda c=claim: checking.judge(row, c.id, by=reviewer, verdict="supported"))
            shown = row.version.content_sha256
            self.attempt(lambda: signing.sign(row, by=reviewer, shown_sha256=shown, proof=PROOF, answers=ALL_YES))

    @rule(by=st.sampled_from(["editor", "writer"]))
    def edit(self, by: str) -> None:
        article, fresh = self.fresh(), self.text()
        base = article.current_version.fingerprint
        self.attempt(lambda: write(article, by=self.people[by], base=base, content=fresh, change_note="Clearer."))

    @rule(stop=st.sampled_from(".!"))
    def mend_a_slip(self, stop: str) -> None:
        """And send it, so that runs come to corrections."""
        editor = self.people["editor"]
        self.attempt(lambda: self.fresh().perform("revise", by=editor))
        version = self.fresh().current_version
        fresh = replace(version.content, professional=f"{version.professional.rstrip()[:-1]}{stop}\n")
        base = version.fingerprint
        self.attempt(lambda: write(self.fresh(), by=editor, base=base, content=fresh, change_note="A slip."))
        self.attempt(lambda: self.fresh().perform("submit", by=editor))

    @rule(by=st.sampled_from(["reviewer", "cardiologist"]))
    def correct(self, by: str) -> None:
        row, standing = self.round_of(self.people[by]), self.fresh().standing_version
        if row and standing:
            shown, against = row.version.content_sha256, standing.content_sha256
            given = {"shown_sha256": shown, "against": against, "proof": PROOF}
            self.attempt(lambda: correcting.correct(row, by=self.people[by], **given))

    @rule(by=st.sampled_from(["reviewer", "cardiologist", "writer", "chair"]), asks=st.booleans())
    def begin_to_reaffirm(self, by: str, asks: bool) -> None:
        user, chair = self.people[by], self.people["chair"]
        ask = (lambda: reaffirming.ask(self.fresh(), user, by=chair)) if asks else None
        self.attempt(ask or (lambda: reaffirming.begin(self.fresh(), by=user)))

    @rule(by=st.sampled_from(["reviewer", "cardiologist"]), yes=st.sampled_from([True, True, False]))
    def reaffirm(self, by: str, yes: bool) -> None:
        user, row = self.people[by], self.round_of(self.people[by])
        if row:
            given = {"shown_sha256": row.version.content_sha256, "proof": PROOF, "answers": ALL_YES}
            sign = lambda: reaffirming.sign_again(row, by=user, **given)  # noqa: E731
            self.attempt(sign if yes else lambda: reaffirming.decline(row, by=user, reason=REASON))

    @rule(by=st.sampled_from(["reviewer", "cardiologist", "writer", "superuser"]))
    def take(self, by: str) -> None:
        self.attempt(lambda: rounds.take(self.fresh(), by=self.people[by]))

    @rule(by=st.sampled_from(["reviewer", "cardiologist"]), verdict=st.sampled_from(["supported"] * 4 + ["unsafe"]))
    def judge(self, by: str, verdict: str) -> None:
        row = self.round_of(self.people[by])
        for claim in claims_to_judge(row.version) if row else []:
            self.attempt(
                lambda c=claim: checking.judge(
                    row, c.id, by=self.people[by], verdict=verdict, note="Note.", quote="So."
                )
            )

    @rule(by=st.sampled_from(["reviewer", "cardiologist"]))
    def sign(self, by: str) -> None:
        row = self.round_of(self.people[by])
        if row:
            shown = row.version.content_sha256
            self.attempt(
                lambda: signing.sign(row, by=self.people[by], shown_sha256=shown, proof=PROOF, answers=ALL_YES)
            )

    @rule(by=st.sampled_from(["reviewer", "cardiologist"]), how=st.sampled_from(["changes", "back", "comment"]))
    def end_round(self, by: str, how: str) -> None:
        user, row = self.people[by], self.round_of(self.people[by])
        actions = {
            "changes": lambda: rounds.ask_for_changes(row, by=user, reason=REASON),
            "back": lambda: rounds.give_back(row, by=user),
            "comment": lambda: discussion.comment(row, by=user, body="Why?", blocking=True),
        }
        if row:
            self.attempt(actions[how])

    @rule(by=who)
    def settle_comments(self, by: str) -> None:
        for remark in Comment.objects.open_blocking():
            self.attempt(lambda r=remark: discussion.answer(r, by=self.people[by], text="Done."))
            self.attempt(lambda r=remark: discussion.resolve(r, by=self.people[by]))

    @rule(by=who)
    def revoke(self, by: str) -> None:
        signoff = SignOff.objects.standing().first()
        if signoff:
            self.attempt(lambda: signing.revoke(signoff, by=self.people[by], reason=REASON))

    @rule(by=who, action=st.sampled_from([suspend, lift]))
    def hide_or_show(self, by: str, action: Any) -> None:
        self.attempt(lambda: action(self.fresh(), by=self.people[by], reason=REASON))

    @rule(by=st.sampled_from(["reviewer", "cardiologist"]))
    def declare(self, by: str) -> None:
        user, clear = self.people[by], self.people["chair"]
        self.attempt(lambda: interests.declare(self.fresh(), by=user, conflict=Conflict.DECLARED, text="Fees."))
        review = user.reviews.first()
        if review:
            self.attempt(lambda: interests.clear(review, by=clear, reason=REASON))

    @invariant()
    def approved_means_signed(self) -> None:
        article = self.fresh()
        assert article.state != "approved" or article.standing_version_id == article.current_version_id
        if article.standing_version_id is None:
            return
        version = article.standing_version
        signed = SignOff.objects.standing().filter(version=version, content_sha256=version.content_sha256)
        assert len({row.signer_id for row in signed}) >= signed.latest("id").rule["signatures"]
        assert any(row.rule["main_specialty"] in row.specialties for row in signed)
        told = counting.approval_of(article, version)
        assert told.signed_on == article.signed_on
        assert {person["member"] for person in told.signatures["people"]} == {
            person["member"] for person in article.signatures["people"]
        }
        names = {row.printed_name for row in signed}
        assert names <= {"Rita Reviewer", "Ralph Reviewer"}

    @invariant()
    def open_rounds_are_where_they_may_be(self) -> None:
        article = self.fresh()
        for row in Round.objects.active():
            reviewed = article.state == "under_review" and row.version_id == article.current_version_id
            assert reviewed or row.version_id == article.standing_version_id

    @invariant()
    def frozen_versions_stay(self) -> None:
        for version in Version.objects.exclude(frozen_at=None):
            digest = version.content.sha256()
            assert version.content_sha256 == digest == self.frozen.setdefault(version.pk, digest)

    @invariant()
    def history_is_whole(self) -> None:
        rows = sum(history_of(model)._default_manager.count() for model in regulated_models())
        assert rows >= self.rows
        self.rows = rows
        for model in (Article, Version, Round, Comment):
            for row in model._default_manager.all():
                newest = row.history.latest("history_id")
                assert {f.attname: getattr(row, f.attname) for f in model._meta.concrete_fields} == {
                    f.attname: getattr(newest, f.attname) for f in model._meta.concrete_fields
                }

    @invariant()
    def only_public_text_is_shown(self) -> None:
        article = self.fresh()
        shown = set()
        for page in public_pages(article):
            body = Client().get(page).content.decode()
            shown |= {mark for mark in range(1, self.edits + 1) if f"MARK{mark}END" in body}
        assert shown <= {mark_of(version) for version in may_show(article)}


def cast() -> dict[str, User]:
    people = {
        "editor": person("Edith Editor", "editor"),
        "writer": person("Wanda Writer", "editor", "reviewer"),
        "reviewer": person("Rita Reviewer", "reviewer"),
        "cardiologist": person("Ralph Reviewer", "reviewer"),
        "chair": person("Clara Chair", "chair"),
        "superuser": person("Sam Superuser", is_superuser=True),
    }
    for name, specialty in (("reviewer", "nephrology"), ("writer", "nephrology"), ("cardiologist", "cardiology")):
        board_member(people[name], specialty)
    return people


def begin(editor: User, text: Any) -> Article:
    from articles import drafts

    return drafts.create(text, by=editor, specialties=["nephrology", "cardiology"], risk="standard")


def public_pages(article: Article) -> list[str]:
    base = f"/articles/{article.slug}/"
    numbers = article.versions.values_list("number", flat=True)
    return [base, f"{base}?for=patient", f"{base}versions/", *(f"{base}versions/{n}/" for n in numbers), "/"]


def mark_of(version: Version) -> int:
    return int(version.direct_answer.split("MARK")[1].split("END")[0])


def may_show(article: Article) -> list[Version]:
    """Domain.md's “What the public sees”, written a second time, as plainly as can be."""
    if article.withdrawal or article.first_public_on is None:
        return []
    hidden = (article.suspension or {}).get("version")
    signed = [v for v in article.versions.all() if v.outcome == "signed" and v.pk != hidden]
    standing = article.standing_version
    pending = article.state in ("submitted", "under_review") and article.current_version.outcome != "revoked"
    if standing is None and not article.suspension and pending:
        signed.append(article.current_version)
    return signed


@pytest.mark.django_db
def test_no_run_breaks_a_promise(founded):
    run_state_machine_as_test(
        Life,
        settings=settings(
            max_examples=25, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
