"""Every page of ours, as each role meets it, on the demonstration; for axe, the console and the screenshots."""

from typing import Any

from articles.models import Article
from articles.models.suspension import suspend
from oracle.accounts.invitations import path_of
from oracle.accounts.models import User
from reviews import rounds
from reviews.demonstration.build import build
from reviews.models import Conflict, Round

PENDING, SIGNED, DRAFT = "aspirin-after-70", "cinacalcet-after-calciphylaxis", "nitrofurantoin-days"
HALF_JUDGED, REVISED, TWO_SIGNED = "prednisolone-five-days-copd", "vitamin-d-and-fractures", "apixaban-on-haemodialysis"
Place = tuple[str, str, str]


def furnish() -> list[Place]:
    """Make the demonstration and what it lacks; gives back (name, who, address), who being "" for a reader."""
    build()
    return [*readers(), *editors(), *board(), *others(), *last_of_all()]


def person(name: str) -> User:
    return User.objects.get(email=f"{name}@demo.example")


def article(slug: str) -> Article:
    return Article.objects.get(slug=slug)


def readers() -> list[Place]:
    here = f"/articles/{SIGNED}/"
    return [
        ("home", "", "/"),
        ("article-signed", "", here),
        ("article-signed-patient", "", f"{here}?for=patient"),
        ("article-signed-student", "", f"{here}?for=student"),
        ("article-pending", "", f"/articles/{PENDING}/"),
        ("article-two-signatures", "", f"/articles/{TWO_SIGNED}/"),
        ("versions", "", f"{here}versions/"),
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
        ("version", "editor1", f"/desk/articles/{SIGNED}/versions/1/"),
        ("compare", "editor1", f"/desk/articles/{SIGNED}/compare/1/2/"),
        ("reports", "editor1", "/desk/reports/"),
        ("password", "editor1", "/accounts/password/change/"),
    ]


def board() -> list[Place]:
    row = Round.objects.active().get(article__slug=HALF_JUDGED)
    who = row.reviewer.email.partition("@")[0]
    rounds.comment(row, by=row.reviewer, body="Which trial is meant here?", blocking=True)
    here = f"/desk/rounds/{row.pk}/"
    return [
        ("reviewer-to-do", who, "/desk/"),
        ("take", "cardiologist", f"/desk/articles/{PENDING}/take/"),
        ("review", who, here),
        ("review-discussion", who, f"{here}?tab=discussion"),
        ("review-checks", who, f"{here}?tab=checks"),
        ("hide", who, f"/desk/articles/{PENDING}/hide/"),
        ("review-second-round", who, second_round(who)),
    ]


def second_round(who: str) -> str:
    """The revised article sent again to the member who signed its first version."""
    from articles import drafts

    revised = article(REVISED)
    author = User.objects.get(email="editor1@demo.example")
    drafts.confirm_for_submit(
        revised,
        by=author,
        ai_use={"level": "none", "tool": "", "purpose": ""},
        funding="none",
        change_note="A newer trial.",
        base=revised.current_version.fingerprint,
    )
    revised = article(REVISED).perform("submit", by=author)
    return f"/desk/rounds/{Round.objects.active().get(article=revised).pk}/"


def others() -> list[Place]:
    review = rounds.declare(article(PENDING), by=person("generalist"), conflict=Conflict.DECLARED, text="Lecture fees.")
    newest: Any = article(SIGNED).history.latest("history_id")
    return [
        ("chair-to-do", "chair", "/desk/"),
        ("clear-interest", "chair", f"/desk/articles/{PENDING}/clear-conflict/{review.pk}/"),
        ("record-chair", "chair", f"/desk/articles/{SIGNED}/"),
        ("timeline", "auditor", "/record/"),
        ("timeline-filtered", "auditor", "/record/?action=article.submit"),
        ("story", "auditor", f"/record/articles/{article(SIGNED).pk}/"),
        ("entry", "auditor", f"/record/entries/articles_historicalarticle/{newest.history_id}/"),
        ("people", "administrator", "/people/"),
        ("invite", "administrator", "/people/invite/"),
        ("person", "administrator", f"/people/{person('editor1').pk}/"),
    ]


def last_of_all() -> list[Place]:
    """The other standings, made from articles that no other page needs as they were; the review pages come before."""
    hidden = suspend(article(TWO_SIGNED), by=person("cardiologist"), reason="A dose is in doubt.")
    recalled = article(PENDING).perform("recall", by=person("editor1"), reason="One more check.")
    return [
        ("article-hidden", "", f"/articles/{hidden.slug}/"),
        ("show-again", "chair", f"/desk/articles/{hidden.slug}/show/"),
        ("article-under-review", "", f"/articles/{HALF_JUDGED}/"),
        ("article-withheld", "", f"/articles/{recalled.slug}/"),
        ("version-earlier", "", f"/articles/{SIGNED}/versions/1/"),
        ("reviews", "auditor", f"/desk/articles/{SIGNED}/reviews/"),
        ("sign-out", "editor2", "/accounts/logout/"),
        ("first-password", "", f"/accounts/password/reset/key/{path_of(person('editor2')).split('/key/')[1]}"),
        ("not-allowed", "editor2", f"/desk/rounds/{Round.objects.active().first().pk}/"),
    ]


def afterwards() -> list[Place]:
    """Withdrawn, and overdue: visited at the end, on another day."""
    gone = article(SIGNED).perform("withdraw", by=person("chair"), reason="It can no longer be supported.")
    return [("article-withdrawn", "", f"/articles/{gone.slug}/"), ("article-overdue", "", f"/articles/{REVISED}/")]
