"""What the pages of the editors' desk share: who may see an article, and where it stands in words."""

from datetime import timedelta
from typing import cast

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

from articles import permissions
from articles.models import Article, ArticleQuerySet, Document, Outcome, State, Version
from articles.standing import Standing, shows_text, standing
from oracle import clock
from oracle.accounts.models import User
from oracle.refusals import NotAllowed

TONES = {
    State.DRAFT: "plain",
    State.SUBMITTED: "wait",
    State.UNDER_REVIEW: "wait",
    State.CHANGES_REQUESTED: "bad",
    State.APPROVED: "good",
    State.WITHDRAWN: "bad",
}
STANDING_WORDS = {
    Standing.WITHDRAWN: ("withdrawn", "bad"),
    Standing.SUSPENDED: ("hidden for safety", "bad"),
    Standing.OVERDUE: ("overdue for review", "wait"),
    Standing.APPROVED: ("signed", "good"),
    Standing.PENDING: ("not signed", "plain"),
}
LAPSES_WITHIN = timedelta(days=90)


def person(request: HttpRequest) -> User:
    """The person signed in; the login middleware lets nobody else come here."""
    return cast(User, request.user)


def desk_reader(request: HttpRequest) -> User:
    """The person signed in, if they may read the desk; for anyone else it does not exist."""
    user = person(request)
    if not permissions.can_read_desk(None, user):
        raise Http404
    return user


def desk_article(request: HttpRequest, slug: str) -> Article:
    """An article for a reader of the desk."""
    desk_reader(request)
    rows = Article.objects.select_related("current_version", "standing_version", "replaced_by")
    article = get_object_or_404(rows, slug=slug)
    if article.current_version:
        article.current_version.article = article
    return article


def editor_article(request: HttpRequest, slug: str) -> Article:
    """An article for an editor; other readers of the desk get 403."""
    article = desk_article(request, slug)
    if not permissions.can_edit(article, request.user):
        raise NotAllowed("Only an editor may do this.")
    return article


def name_of(article: Article) -> str:
    """The question; of a text without one, its title or address."""
    version = article.current_version
    return (version and (version.question or version.title)) or article.slug


def sent_back() -> ArticleQuerySet:
    """Texts that the board sent back."""
    return Article.objects.open_for_writing().filter(state=State.CHANGES_REQUESTED)


def drafts() -> ArticleQuerySet:
    """Texts being written that no review waits for."""
    return Article.objects.open_for_writing().filter(state=State.DRAFT)


def lapsing() -> ArticleQuerySet:
    """Signed texts to be reviewed again within 90 days, or late, of which no new version is in work."""
    return Article.objects.lapsing(clock.today() + LAPSES_WITHIN).filter(state=State.APPROVED)


def policy_withholds() -> str:
    """Which pending texts the editorial policy in force keeps from readers: none, high or all."""
    policy = Document.objects.in_force(Document.Kind.POLICY).first()
    return policy.withholds if policy else Document.Withholds.HIGH


def what_became_of(article: Article, version: Version) -> str:
    """What became of a version, in a few words."""
    if version.outcome:
        return Outcome(version.outcome).label
    if version.frozen:
        return "with the board"
    return "put away" if article.state == State.WITHDRAWN else "being written"


def where_work_stands(article: Article, holders: list[str]) -> str:
    """The state of the work, as a sentence."""
    number = article.current_version.number if article.current_version else 1
    who = "; ".join(holders)
    return {
        State.DRAFT: f"Version {number} is being written.",
        State.SUBMITTED: f"Version {number} is with the board; nobody has taken it yet.",
        State.UNDER_REVIEW: f"Version {number} is under review{f': {who}' if who else ''}.",
        State.CHANGES_REQUESTED: f"The board asked for changes; version {number} is being written.",
        State.APPROVED: f"Version {number} is signed.",
        State.WITHDRAWN: "This article is withdrawn." if article.first_public_on else "This draft was put away.",
    }[State(article.state)]


def what_readers_see(article: Article) -> str:
    """What readers get now, as a sentence."""
    now = standing(article, clock.today())
    if now is Standing.WITHDRAWN:
        return "Readers see a notice that it was withdrawn."
    if now is Standing.SUSPENDED:
        return "Its text is hidden; readers see a notice with the reason."
    if not article.first_public_on:
        return "Readers have never seen it."
    return _text_shown(article, now)


def _text_shown(article: Article, now: Standing) -> str:
    signed = article.standing_version
    if signed and now is Standing.OVERDUE:
        return f"Readers see version {signed.number} under a caution: it is overdue for review."
    if signed:
        return f"Readers see version {signed.number}, which is signed."
    if shows_text(article, clock.today(), policy_withholds()):
        return "Readers see the text under a caution that it is not yet reviewed."
    return "Readers see the question and where it stands; the text is withheld."


def readers_after(article: Article, verb: str) -> str:
    """What readers will see once the chair did `verb`, as a sentence; empty for a verb that explains itself."""
    if verb == "withdraw":
        if not article.first_public_on:
            return "Readers have never seen it; they will see nothing."
        return (
            "Readers will see a notice at its address, with today’s date, your role, your reason and a link to what "
            "replaces it. None of its texts stays readable."
        )
    if verb == "reinstate":
        if not article.withdrawal:
            return "Readers have never seen it; they will see it once it is sent to the board."
        return "Readers keep the notice that it was withdrawn until a version is signed."
    return ""


def after_submit(article: Article, withheld: bool) -> str:
    """What readers will see once the open version is sent to the board, as a sentence."""
    if article.withdrawal:
        return "Readers keep the notice that this article was withdrawn until the new version is signed."
    if standing(article, clock.today()) is Standing.SUSPENDED:
        return "Readers keep the notice that the text is hidden until the new version is signed."
    if article.standing_version:
        return f"Readers keep the signed version {article.standing_version.number} until the new one is signed."
    if withheld:
        return "Readers will see the question and that it is pending; the policy withholds the text until it is signed."
    return "Readers will see this text at once, with a caution."
