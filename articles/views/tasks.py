"""The editors' part of *To do*: sent back, drafts, with the board, lapsing. One row, one next step."""

from datetime import date, timedelta

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.formats import date_format

from articles.board import board
from articles.models import Article, State
from articles.to_do import Task
from oracle import clock
from oracle.accounts.models import User

from .desk import name_of

LONGEST = 50
LAPSES_WITHIN = timedelta(days=90)
SENT_BACK, DRAFTS, WAITING, LAPSING = "Sent back", "Drafts", "With the board", "Lapsing"


def editor_tasks(user: User) -> list[Task]:
    """What waits for an editor, the most urgent group first; five queries, however many rows."""
    written = _rows(Article.objects.open_for_writing().order_by("-pk"))
    waiting = _rows(Article.objects.with_the_board().order_by("submitted_on", "pk"))
    until = clock.today() + LAPSES_WITHIN
    lapsing = _rows(Article.objects.lapsing(clock.today(), until).order_by("review_due", "pk"))
    objections = board().open_objections(written)
    holders = board().holders(waiting)
    back = [article for article in written if article.state == State.CHANGES_REQUESTED]
    drafts = [article for article in written if article.state == State.DRAFT]
    return [
        *(_sent_back(article, objections.get(article.pk, 0)) for article in back),
        *(_draft(article, objections.get(article.pk, 0)) for article in drafts),
        *_more(written, DRAFTS, "writing"),
        *(_waiting(article, holders.get(article.pk, [])) for article in waiting),
        *_more(waiting, WAITING, "board"),
        *(_lapsing(article) for article in lapsing if article.state == State.APPROVED),
    ]


def _rows(found: QuerySet[Article]) -> list[Article]:
    rows = list(found.select_related("current_version")[:LONGEST])
    for article in rows:
        if article.current_version:
            article.current_version.article = article
    return rows


def _more(rows: list[Article], group: str, where: str) -> list[Task]:
    """Where a list was cut, the way to the whole of it."""
    url = f"{reverse('articles')}?where={where}"
    return [Task(group, f"More than {LONGEST} articles", url, ["see the whole list"])] if len(rows) == LONGEST else []


def _open_errors(article: Article) -> str:
    """What the checks say, in a few words."""
    version = article.current_version
    findings = version.findings() if version else []
    errors = sum(finding.level == "error" for finding in findings)
    return f"{errors} to mend" if errors else "ready to send"


def _objections(count: int) -> list[str]:
    return [f"{count} objection{'s' if count > 1 else ''} open"] if count else []


def _sent_back(article: Article, count: int) -> Task:
    facts = [f"version {_number(article)}", *_objections(count), _open_errors(article)]
    return Task(SENT_BACK, name_of(article), reverse("edit", args=[article.slug]), facts, "Answer", "danger")


def _draft(article: Article, count: int) -> Task:
    unmatched = article.current_version and article.current_version.proposals
    name, button = ("match_numbers", "Match the numbers") if unmatched else ("edit", "Write")
    said = _open_errors(article)
    if said == "ready to send" and not count:
        name, button = "submit", "Send to the board"
    facts = [f"version {_number(article)}", *_objections(count), said]
    return Task(DRAFTS, name_of(article), reverse(name, args=[article.slug]), facts, button)


def _waiting(article: Article, holders: list[str]) -> Task:
    since = f"since {_day(article.submitted_on)}" if article.submitted_on else ""
    facts = [f"version {_number(article)}", *(holders or [f"nobody has taken it, {since}"])]
    return Task(WAITING, name_of(article), reverse("record", args=[article.slug]), facts, "Look")


def _lapsing(article: Article) -> Task:
    due = article.review_due or clock.today()
    late = due < clock.today()
    days = (due - clock.today()).days
    fact = f"overdue since {_day(due)}" if late else f"lapses {_day(due)}, in {days} day{'' if days == 1 else 's'}"
    url = reverse("record", args=[article.slug])
    return Task(LAPSING, name_of(article), url, [fact], "Look", "danger" if late else "caution")


def _number(article: Article) -> int:
    return article.current_version.number if article.current_version else 1


def _day(day: date) -> str:
    return date_format(day, "j F Y")
