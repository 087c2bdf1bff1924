"""What people do in the stories, each thing by the verb that the pages use."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path

from django.urls import reverse

from articles import drafts, mail
from articles.importing.files import read_file
from articles.importing.imported import Imported
from articles.models import Article, Report, Version
from articles.models.suspension import suspend
from articles.models.version import waive, write
from articles.text.claims import Claim
from oracle import clock
from oracle.accounts.authentication import Proof
from oracle.accounts.demonstration import DEMONSTRATION_PASSWORD
from oracle.accounts.models import User
from oracle.outbox.letters import link

from .. import assignment, checking, discussion, rounds, signing
from ..judging import judge_all
from ..models import Round, Verdict
from ..passages import Passage
from ..questions import YES, asked_of

ARTICLES = Path(__file__).parent / "articles"
# How long people take from one thing to the next.
PAUSE = timedelta(seconds=40)
# Why the warnings that nearly every text has are no fault.
WAIVED = {
    "wordings-quantities": "Patients get the numbers that help them decide, in round figures; the others are left out.",
    "wordings-citations": "The plain wording is shorter and cites only the sources of what it says.",
    "relative-risk": "The absolute numbers stand in the same sentence.",
    "missing-locator": "The source is known by its title and publisher; its address on the web changes.",
}
# A verdict, its note and the quote that shows it, by words that the statement has.
Doubts = Mapping[str, tuple[Verdict, str, str]]
# A comment, whether it is blocking, and the passage or the id of the statement that it is about, if of one.
Remark = tuple[str, bool, str | Passage]


def in_turn(steps: Iterable[Callable[[], object]]) -> None:
    """Do one step after another, each a pause later."""
    begun = clock.now()
    for place, step in enumerate(steps):
        with clock.moved_to(begun + place * PAUSE):
            step()


def draft(name: str, *, by: User, slug: str = "") -> Article:
    """Import a file of this directory as a new article."""
    imported: Imported = read_file(ARTICLES / name)
    return drafts.import_draft(replace(imported, slug=slug or imported.slug), by=by).article


def open_text(article: Article) -> Version:
    """The current version as the database has it now."""
    version = fresh(article).current_version
    if version is None:
        raise ValueError(f"{article} has no version.")
    return version


def fresh(article: Article) -> Article:
    """The article as the database has it now."""
    return Article.objects.get(pk=article.pk)


def rewrite(article: Article, name: str, *, by: User, change_note: str = "") -> None:
    """Save the text of a file in the open version; none of them has citation numbers left to match."""
    content, base = read_file(ARTICLES / name).content, open_text(article).fingerprint
    write(article, by=by, base=base, content=content, change_note=change_note, proposals={})


def mend(article: Article, slip: str, right: str, *, by: User) -> None:
    """Save the open version with other words for a slip in the wording for professionals."""
    text = open_text(article)
    content = replace(text.content, professional=text.professional.replace(slip, right))
    write(article, by=by, base=text.fingerprint, content=content)


def match(article: Article, places: Mapping[int, int | None], *, by: User) -> None:
    """Say for each citation number which item of the list it means, counted from 0; None takes the number out."""
    in_turn(partial(_match_one, article, number, place, by=by) for number, place in places.items())


def _match_one(article: Article, number: int, place: int | None, *, by: User) -> None:
    text = open_text(article)
    if place is None:
        drafts.drop_number(article, number, by=by, base=text.fingerprint)
    else:
        key = drafts.keys_of(text.content)[place]
        drafts.confirm_number(article, number, key, by=by, base=text.fingerprint)


def submit(article: Article, *, by: User, change_note: str = "", waived: Mapping[str, str] | None = None) -> None:
    """Confirm AI use and funding, give a reason for each warning, and send the text to the board.

    `waived` are reasons by rule that are this text's own; a warning without any reason is an error of the story.
    """
    text = open_text(article)
    drafts.confirm_for_submit(article, by=by, ai_use=text.ai_use, funding=text.funding, change_note=change_note)
    reasons = WAIVED | dict(waived or {})
    rules = dict.fromkeys(finding.rule for finding in open_text(article).findings())
    waivers = [partial(waive, article, rule, by=by, reason=reasons[rule]) for rule in rules]
    in_turn([*waivers, partial(article.perform, "submit", by=by)])


def invite(article: Article, reviewer: User, *, by: User, answer: int, review: int) -> None:
    """The chair invites one reviewer, to answer and to review within so many days."""
    today = clock.today()
    days = {"answer_by": today + timedelta(days=answer), "review_by": today + timedelta(days=review)}
    assignment.invite(fresh(article), [reviewer], by=by, **days)


def judge(row: Round, doubts: Doubts | None = None, *, share: float = 1.0) -> None:
    """Judge what the reviewer has not judged yet, one statement after another; `share` of them, the first ones."""
    left = [item.claim for item in judge_all(row.version) if not item.by(row.reviewer.pk)]
    in_turn(partial(_judge_one, row, claim, doubts or {}) for claim in left[: round(len(left) * share)])


def _judge_one(row: Round, claim: Claim, doubts: Doubts) -> None:
    supported = (Verdict.SUPPORTED, "", "")
    verdict, note, quote = next((doubt for words, doubt in doubts.items() if words in claim.text), supported)
    checking.judge(row, claim.id, by=row.reviewer, verdict=verdict, note=note, quote=quote)


def send_back(row: Round, remarks: Iterable[Remark], *, reason: str) -> None:
    """Make the remarks, one after another, and ask for changes."""
    made = [
        partial(discussion.comment, row, by=row.reviewer, body=body, blocking=blocking, passage=about)
        if isinstance(about, Passage)
        else partial(discussion.comment, row, by=row.reviewer, body=body, blocking=blocking, claim_id=about)
        for body, blocking, about in remarks
    ]
    in_turn([*made, partial(rounds.ask_for_changes, row, by=row.reviewer, reason=reason)])


def active(article: Article, reviewer: User) -> Round:
    """The reviewer's open round."""
    row = rounds.active_round(fresh(article), reviewer)
    if row is None:
        raise ValueError(f"{reviewer} has no open round on {article}.")
    return row


def review(article: Article, reviewer: User) -> Round:
    """Take the article and find every statement supported; the signature is a step of its own."""
    row = rounds.take(article, by=reviewer)
    judge(row)
    return row


def sign(row: Round) -> None:
    """The reviewer's signature."""
    sha256, answers = row.version.content_sha256, dict.fromkeys(asked_of(row.version), YES)
    signing.sign(
        row, by=row.reviewer, shown_sha256=sha256, proof=Proof(password=DEMONSTRATION_PASSWORD), answers=answers
    )


def hide(article: Article, *, by: User, reason: str) -> None:
    """Hide the text, and tell who is concerned."""
    mail.text_hidden(suspend(article, by=by, reason=reason), article.current_version.question)


def report(article: Article, text: str, *, could_harm: bool = False, contact: str = "") -> None:
    """What a reader writes under *Report a problem* of the article's page."""
    page = f"/articles/{article.slug}/"
    row = Report.objects.create(article=article, page=page, text=text, could_harm=could_harm, contact=contact)
    if could_harm:
        mail.harm_reported(row, article.current_version.question, link(reverse("report_desk", args=[row.pk])))
