"""The editors' part of *To do*: sent back, drafts, with the board, lapsing. One row, one next step.

No text is fetched and none is checked here: that would take seconds. What is said of a draft is what PostgreSQL can
tell at once; the checks stand on the page to write. Each group is cut by an index in its own order, so the time it
takes does not grow with what waits.
"""

from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Any

from django.db.models import Case, CharField, DateTimeField, OuterRef, Q, QuerySet, Subquery, Value, When
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from articles.board import NOBODY, board, holders_in_words
from articles.models import Article, Version
from articles.models.version import NEEDED
from articles.to_do import Task
from oracle import clock
from oracle.accounts.models import User

from .desk import drafts, lapsing, name_of, sent_back

LONGEST = 20
SENT_BACK, TO_MEND = "Sent back", "To mend"
DRAFTS, WAITING, LAPSING = "Drafts", "With the board", "Lapsing"
HEAVY = ("direct_answer", "professional", "plain", "references", "evidence", "abbreviations", "claims")
# What is said where a text lacks what it cannot be sent without.
LACKING = {"direct_answer": "no direct answer", "title": "no title", "professional": "no wording for professionals"}


def editor_tasks(user: User) -> list[Task]:
    """What waits for an editor, the most urgent group first; one query, however many rows."""
    found = _articles()
    return [
        *_group(SENT_BACK, found[SENT_BACK], "sent_back", _sent_back),
        *_group(TO_MEND, found[TO_MEND], "writing", lambda article: _draft(TO_MEND, article)),
        *_group(DRAFTS, found[DRAFTS], "writing", lambda article: _draft(DRAFTS, article)),
        *_group(WAITING, found[WAITING], "board", _waiting),
        *_group(LAPSING, found[LAPSING], "lapsing", _lapsing),
    ]


def _articles() -> dict[str, list[Any]]:
    """The first articles of each group, without their texts, and one more where there are more; one statement."""
    to_mend, whole = Version.objects.open_to_mend(), Version.objects.open_and_whole()
    groups: list[Any] = [
        _written(SENT_BACK, sent_back()),
        _written(TO_MEND, drafts().filter(pk__in=to_mend.values("article"))),
        _written(DRAFTS, drafts().filter(pk__in=whole.values("article"))),
        _cut(WAITING, Article.objects.with_the_board().order_by("submitted_on", "pk"), held_by=board().held_by()),
        _cut(LAPSING, lapsing().order_by("review_due", "pk")),
    ]
    found: dict[str, list[Any]] = {name: [] for name in (SENT_BACK, TO_MEND, DRAFTS, WAITING, LAPSING)}
    for article in groups[0].union(*groups[1:], all=True):
        found[article.group].append(article)
    return found


def _written(group: str, rows: QuerySet[Article]) -> QuerySet[Article]:
    """A group of open texts, the newest first, each with what its row says; see `_facts`."""
    saves = Version.history.filter(id=OuterRef("current_version")).order_by("-history_id")
    said: dict[str, Any] = {
        f"no_{name}": Case(
            When(Q(**{f"current_version__{name}__regex": r"\S"}), then=Value(False)), default=Value(True)
        )
        for name in NEEDED
    }
    said |= {"saved_at": Subquery(saves.values("history_date")[:1])}
    said |= {"saved_by": Subquery(saves.values("history_user__name")[:1])}
    return _cut(group, rows.order_by("-pk"), objections=board().open_objections(), **said)


def _cut(group: str, rows: QuerySet[Article], **said: Any) -> QuerySet[Article]:
    """The first of a group in its order; what is `said` of the articles of other groups is empty here."""
    nothing: dict[str, Any] = {f"no_{name}": Value(False) for name in NEEDED}
    nothing |= {"saved_at": Value(None, DateTimeField()), "saved_by": Value(None, CharField())}
    nothing |= {"objections": Value(0), "held_by": NOBODY}
    light = rows.select_related("current_version").defer(*(f"current_version__{name}" for name in HEAVY))
    return light.annotate(group=Value(group, CharField()), **(nothing | said))[: LONGEST + 1]


def _group(name: str, rows: list[Any], where: str, task: Callable[[Any], Task]) -> Iterable[Task]:
    """The tasks of a group; where it is cut, the way to the whole of it comes last."""
    yield from (task(article) for article in rows[:LONGEST])
    if len(rows) > LONGEST:
        yield Task(name, f"More than {LONGEST} articles", f"{reverse('articles')}?where={where}", [], "See all")


def _sent_back(article: Any) -> Task:
    facts = [f"version {_number(article)}", *_objections(article), *_facts(article)]
    answered = not article.objections and not _missing(article)
    name, button = ("submit", "Send again") if answered else ("edit", "Answer")
    return Task(SENT_BACK, name_of(article), reverse(name, args=[article.slug]), facts, button, "danger")


def _draft(group: str, article: Any) -> Task:
    unmatched = article.current_version and article.current_version.proposals
    name, button = ("match_numbers", "Match the numbers") if unmatched else ("edit", "Write")
    facts = [f"version {_number(article)}", *_objections(article), *_facts(article)]
    return Task(group, name_of(article), reverse(name, args=[article.slug]), facts, button)


def _objections(article: Any) -> list[str]:
    count = article.objections
    return [f"{count} objection{'s' if count > 1 else ''} open"] if count else []


def _facts(article: Any) -> list[str]:
    """What is missing as far as the row tells, and when it was saved last; see `_written`."""
    return [*_missing(article), *_saved(article.saved_at, article.saved_by)]


def _missing(article: Any) -> list[str]:
    numbers = len(article.current_version.proposals) if article.current_version else 0
    unmatched = [f"{numbers} number{'' if numbers == 1 else 's'} to match"] if numbers else []
    return [*unmatched, *(said for name, said in LACKING.items() if getattr(article, f"no_{name}"))]


def _saved(at: datetime | None, by: str | None) -> list[str]:
    if at is None:
        return []
    moment = timezone.localtime(at)
    when = f"{moment:%H:%M}" if moment.date() == clock.today() else _day(moment.date())
    return [f"saved {when} by {by}" if by else f"opened {when}"]


def _waiting(article: Any) -> Task:
    holders = holders_in_words(article.held_by)
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
