"""Every page of ours, as each role meets it, on the demonstration; for axe, the console and the screenshots."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from articles.models import Article, Report
from articles.models.version import write
from articles.text.quotes import reader_text
from oracle import clock
from oracle.accounts.invitations import path_of
from oracle.accounts.models import User
from reviews import assignment, checking, discussion, interests, reaffirming, rounds, suggestions
from reviews.demonstration import scenes
from reviews.demonstration.build import build
from reviews.models import Conflict, Review, Round, SignOffRule
from reviews.passages import Passage

PENDING, SIGNED, DRAFT = "aspirin-after-70", "cinacalcet-after-calciphylaxis", "nitrofurantoin-days"
HALF_JUDGED, REVISED, TWO_SIGNED = "prednisolone-five-days-copd", "vitamin-d-and-fractures", "apixaban-on-haemodialysis"
SENT_BACK, OVERDUE, HIDDEN = "dexamethasone-for-croup", "iron-every-other-day", "topiramate-for-migraine"
WITHDRAWN, REPLACEMENT = "salbutamol-alone-in-mild-asthma", "budesonide-formoterol-as-reliever"
Place = tuple[str, str, str]


def furnish() -> list[Place]:
    """Make the demonstration; gives back (name, who, address), who being "" for a reader."""
    build()
    return [*readers(), *editors(), *board(), *others()]


def person(name: str) -> User:
    return User.objects.get(email=f"{name}@demo.example")


def article(slug: str) -> Article:
    return Article.objects.get(slug=slug)


def readers() -> list[Place]:
    here = f"/articles/{SIGNED}/"
    return [
        ("home", "", "/"),
        ("articles-public", "", "/articles/"),
        ("topics", "", "/topics/"),
        ("topic", "", "/topics/nephrology/"),
        ("search", "", "/search/?q=cinacalcet+hypocalcaemia"),
        ("search-patient", "", "/search/?q=cinacalcet&for=patient"),
        ("search-begin", "", "/search/"),
        ("search-nothing", "", "/search/?q=the"),
        ("article-signed", "", here),
        ("article-signed-patient", "", f"{here}?for=patient"),
        ("article-signed-student", "", f"{here}?for=student"),
        ("article-pending", "", f"/articles/{PENDING}/"),
        ("article-two-signatures", "", f"/articles/{TWO_SIGNED}/"),
        ("article-under-review", "", f"/articles/{HALF_JUDGED}/"),
        ("article-newer-in-review", "", f"/articles/{REVISED}/"),
        ("article-newer-in-review-patient", "", f"/articles/{REVISED}/?for=patient"),
        ("article-overdue", "", f"/articles/{OVERDUE}/"),
        ("article-suspended", "", f"/articles/{HIDDEN}/"),
        ("article-withdrawn", "", f"/articles/{WITHDRAWN}/"),
        ("article-replacement", "", f"/articles/{REPLACEMENT}/"),
        ("article-withheld", "", f"/articles/{SENT_BACK}/"),
        ("corrections", "", "/corrections/"),
        ("versions", "", f"{here}versions/"),
        ("version-earlier", "", f"{here}versions/1/"),
        ("board", "", "/board/"),
        ("policy", "", "/policy/"),
        ("policy-version", "", "/policy/1/"),
        ("status", "", "/status/"),
        ("contact", "", "/contact/"),
        ("report", "", f"/report/?article={SIGNED}"),
        ("sign-in", "", "/accounts/login/"),
        ("password-reset", "", "/accounts/password/reset/"),
        ("not-found", "", "/articles/nothing-here/"),
    ]


def editors() -> list[Place]:
    desk = f"/desk/articles/{DRAFT}/"
    return [
        ("editor-to-do", "editor1", "/desk/"),
        ("new-article", "editor1", "/desk/new/"),
        ("articles", "editor1", "/desk/articles/"),
        ("editor", "editor1", f"{desk}edit/"),
        ("match-numbers", "editor1", f"{desk}match/"),
        ("references", "editor1", f"{desk}references/"),
        ("submit", "editor1", f"{desk}submit/"),
        ("record-draft", "editor1", desk),
        ("record-signed", "editor1", f"/desk/articles/{SIGNED}/"),
        ("record-changes-requested", "editor1", f"/desk/articles/{SENT_BACK}/"),
        ("objections", "editor1", f"/desk/articles/{SENT_BACK}/edit/?tab=objections"),
        ("record-suspended", "editor2", f"/desk/articles/{HIDDEN}/"),
        ("record-withdrawn", "editor2", f"/desk/articles/{WITHDRAWN}/"),
        ("record-overdue", "editor1", f"/desk/articles/{OVERDUE}/"),
        ("record-newer-in-review", "editor1", f"/desk/articles/{REVISED}/"),
        ("version", "editor1", f"/desk/articles/{SIGNED}/versions/1/"),
        ("compare", "editor1", f"/desk/articles/{SIGNED}/compare/1/2/"),
        *reports(),
        ("mail-choice", "editor1", "/accounts/mail/"),
        ("password", "editor1", "/accounts/password/change/"),
    ]


def reports() -> list[Place]:
    """One that could harm, not judged yet; one beside a text being written; one that is done."""
    editor, words = person("editor1"), "The tablet has 5 mg, the text says 50 mg."
    first = Report.objects.create(article=article(SIGNED), text=words, could_harm=True, contact="reader@demo.example")
    second = Report.objects.create(article=article(DRAFT), text="The newer trial is missing.")
    second = second.triage("wrong", by=editor, seen=second.stamp)
    second.start(by=editor, seen=second.stamp)
    third = Report.objects.create(text="A link is dead.", page="/board/")
    third = third.triage("technical", by=editor, seen=third.stamp)
    third.close("passed_on", by=editor, seen=third.stamp, note="To whoever keeps the site.")
    return [
        ("reports", "editor1", "/desk/reports/"),
        ("reports-done", "auditor", "/desk/reports/?done=1"),
        ("report-new", "editor1", f"/desk/reports/{first.pk}/"),
        ("report-at-work", "editor1", f"/desk/reports/{second.pk}/"),
        ("report-done", "editor1", f"/desk/reports/{third.pk}/"),
        ("report-erase", "editor1", f"/desk/reports/{first.pk}/erase/"),
    ]


def board() -> list[Place]:
    row = Round.objects.active().get(article__slug=HALF_JUDGED)
    second = Round.objects.active().get(article__slug=REVISED)
    who = row.reviewer.email.partition("@")[0]
    discussion.comment(row, by=row.reviewer, body="Which trial is meant here?", blocking=True)
    remark = discussion.comment(row, by=row.reviewer, body="Say it first.", blocking=False, passage=passage_of(row))
    discussion.reply(remark, by=person("editor1"), body="It stands in the direct answer.")
    here = f"/desk/rounds/{row.pk}/"
    return [
        ("reviewer-to-do", who, "/desk/"),
        ("take", "cardiologist", f"/desk/articles/{PENDING}/take/"),
        ("review", who, here),
        ("review-discussion", who, f"{here}?tab=discussion"),
        ("review-checks", who, f"{here}?tab=checks"),
        ("hide", who, f"/desk/articles/{PENDING}/hide/"),
        *assignments(),
        ("review-second-round", who, f"/desk/rounds/{second.pk}/"),
        ("correction", "paediatrician", f"/desk/rounds/{slip_mended().pk}/correction/"),
        ("correction-review", "paediatrician", f"/desk/rounds/{slip_mended().pk}/"),
        ("correction-to-do", "paediatrician", "/desk/"),
        ("reaffirm", "haematologist", f"/desk/articles/{OVERDUE}/reaffirm/"),
        ("reaffirm-to-do", "haematologist", "/desk/"),
        ("reaffirm-review", "chestphysician", f"/desk/rounds/{reaffirmed().pk}/"),
        ("reaffirm-ask", "chair", f"/desk/articles/{OVERDUE}/reaffirm/"),
        ("record-to-reaffirm", "chair", f"/desk/articles/{REPLACEMENT}/"),
        ("suggestions", "editor1", suggestions_for()),
        ("my-reviews", who, "/desk/my-reviews/"),
        ("not-allowed", "editor2", here),
    ]


def assignments() -> list[Place]:
    """An invitation, an article that nobody of the board is left for, and the chair's list of both."""
    cardiologist, chair = person("cardiologist"), person("chair")
    invited, conflicted = with_board("invited"), with_board("conflicted")
    today = clock.today()
    days = {"answer_by": today + timedelta(days=1), "review_by": today + timedelta(days=14)}
    assignment.invite(invited, [cardiologist], by=chair, **days)
    interests.declare(conflicted, by=cardiologist, conflict=Conflict.DECLARED, text="A grant of the maker.")
    return [
        ("take-invited", "cardiologist", f"/desk/articles/{invited.slug}/take/"),
        ("my-board-record", "cardiologist", "/desk/my-board-record/"),
        ("assignments", "chair", "/desk/assignments/"),
        ("invite-reviewers", "chair", f"/desk/articles/{PENDING}/invite/"),
        ("invite-at-work", "chair", f"/desk/articles/{HALF_JUDGED}/invite/"),
        ("invite-asked", "chair", f"/desk/articles/{invited.slug}/invite/"),
        ("invite-outside", "chair", f"/desk/articles/{conflicted.slug}/invite/"),
        ("reviews-invited", "chair", f"/desk/articles/{invited.slug}/reviews/"),
    ]


def with_board(slug: str) -> Article:
    other = scenes.draft("aspirin.md", by=person("editor1"), slug=slug)
    scenes.submit(other, by=person("editor1"))
    return article(slug)


def others() -> list[Place]:
    review = Review.objects.get(article__slug=PENDING, conflict=Conflict.DECLARED)
    newest: Any = article(SIGNED).history.latest("history_id")
    return [
        ("chair-to-do", "chair", "/desk/"),
        ("board-overview", "chair", "/desk/board-overview/"),
        ("clear-interest", "chair", f"/desk/articles/{PENDING}/clear-conflict/{review.pk}/"),
        ("record-chair", "chair", f"/desk/articles/{SIGNED}/"),
        ("show-again", "chair", f"/desk/articles/{HIDDEN}/show/"),
        ("record-hidden", "chair", f"/desk/articles/{HIDDEN}/"),
        ("reviews", "auditor", f"/desk/articles/{SIGNED}/reviews/"),
        ("reviews-left-behind", "chair", left_behind()),
        ("article-board-member", "cardiologist", f"/articles/{SIGNED}/"),
        ("timeline", "auditor", "/record/"),
        ("timeline-filtered", "auditor", "/record/?action=article.submit"),
        ("story", "auditor", f"/record/articles/{article(SIGNED).pk}/"),
        ("entry", "auditor", f"/record/entries/articles_historicalarticle/{newest.history_id}/"),
        *office(),
        ("factors", "editor2", "/accounts/factors/"),
        ("factor-app", "editor2", "/accounts/factors/app/"),
        ("factor-passkey", "editor2", "/accounts/factors/passkey/"),
        ("office-document-questions", "chair", "/office/articles/document/add/?kind=questions"),
        ("invite", "administrator", "/people/invite/"),
        ("person", "administrator", f"/people/{person('editor1').pk}/"),
        ("sign-out", "editor2", "/accounts/logout/"),
        ("first-password", "", f"/accounts/password/reset/key/{path_of(person('editor2')).split('/key/')[1]}"),
    ]


def office() -> list[Place]:
    """The back office: its front page, lists, forms and rows, as the three who enter meet them."""
    board_member = person("cardiologist").board_record.pk
    row: Any = article(SIGNED).history.earliest("history_id")
    return [
        ("office", "administrator", "/office/"),
        ("office-accounts", "administrator", "/office/accounts/user/"),
        ("office-members", "administrator", "/office/reviews/boardmember/"),
        ("office-member", "administrator", f"/office/reviews/boardmember/{board_member}/change/"),
        ("office-member-add", "administrator", "/office/reviews/boardmember/add/"),
        ("office-specialty-add", "administrator", "/office/articles/specialty/add/"),
        ("office-rules", "chair", "/office/reviews/signoffrule/"),
        ("office-rule", "chair", f"/office/reviews/signoffrule/{SignOffRule.objects.get(risk='high').pk}/change/"),
        ("office-documents", "chair", "/office/articles/document/"),
        ("office-document-add", "chair", "/office/articles/document/add/?kind=policy"),
        ("office-auditor", "auditor", "/office/"),
        ("office-articles", "auditor", "/office/articles/article/"),
        ("office-articles-none", "auditor", "/office/articles/article/?state=withdrawn&q=nothing"),
        ("office-article", "auditor", f"/office/articles/article/{row.id}/change/"),
        ("office-signoffs", "auditor", "/office/reviews/signoff/"),
        ("office-history", "auditor", "/office/articles/historicalarticle/"),
        ("office-history-row", "auditor", f"/office/articles/historicalarticle/{row.history_id}/change/"),
    ]


def slip_mended() -> Round:
    """The first signer's round on a text in which a slip was mended since it was signed."""
    author, first, second = person("editor1"), person("paediatrician"), person("chestphysician")
    before = Round.objects.active().filter(article__slug="slip-mended", review__reviewer=first).first()
    if before:
        return before
    other = scenes.draft("croup.md", by=author, slug="slip-mended")
    waived = {"relative-risk": "The trials above give absolute rates."}
    scenes.submit(other, by=author, waived=waived)
    signed = [scenes.review(other, reviewer) for reviewer in (first, second)]
    for row in signed:
        scenes.sign(row)
    scenes.fresh(other).perform("revise", by=author)
    text = scenes.open_text(other)
    mended = text.professional.replace("Solutions of several", "Solutions in several")
    write(other, by=author, base=text.fingerprint, content=replace(text.content, professional=mended))
    scenes.submit(other, by=author, change_note="A slip.", waived=waived)
    return scenes.active(other, first)


def reaffirmed() -> Round:
    """A round on a text that is signed."""
    return reaffirming.begin(article(REPLACEMENT), by=person("chestphysician"))


def left_behind() -> str:
    """The reviews of an article whose reviewer gave it back with a verdict that stops the approval."""
    other, reviewer = with_board("left-behind"), person("cardiologist")
    row = rounds.take(other, by=reviewer)
    checking.judge(
        row,
        row.version.fixed_claims[0].id,
        by=reviewer,
        verdict="unsafe",
        note="Ten times too much.",
        quote="Five, not fifty.",
    )
    rounds.give_back(row, by=reviewer, note="I am leaving the board.")
    return f"/desk/articles/{other.slug}/reviews/"


def passage_of(row: Round) -> Passage:
    """The first words of the wording, and others for them."""
    text = reader_text(row.version.professional).text
    return Passage(text[:60], wording="professional", suffix=text[60:120], replacement="Quite other words")


def suggestions_for() -> str:
    """The writing of an article sent back with two suggestions, one of them applied, the other replied to."""
    author, reviewer = person("editor1"), person("cardiologist")
    other = scenes.draft("aspirin.md", by=author, slug="with-suggestions")
    scenes.submit(other, by=author)
    row = rounds.take(other, by=reviewer)
    text = reader_text(row.version.direct_answer).text
    words = Passage(text[:30], wording="direct_answer", suffix=text[30:90], replacement="Other words")
    first = discussion.comment(row, by=reviewer, body="Shorter.", blocking=True, passage=words)
    second = discussion.comment(row, by=reviewer, body="Say it first.", blocking=True, passage=passage_of(row))
    other = rounds.ask_for_changes(row, by=reviewer, reason="Two places are unclear.")
    suggestions.apply(first, by=author, base=other.current_version.fingerprint)
    discussion.reply(second, by=author, body="Is it not said above?")
    return f"/desk/articles/{other.slug}/edit/"
