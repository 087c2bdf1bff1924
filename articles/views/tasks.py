"""The editors' part of *To do*: sent back, drafts, with the board, lapsing. One row, one next step.

No text is fetched and none is checked here: that would take seconds. What is said of a draft is what PostgreSQL can
tell at once; the checks stand on the page to write.
"""

from collections.abc import Callable, Iterable
from datetime import date, datetime

from django.db.models import Case, OuterRef, Q, QuerySet, Subquery, Value, When
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from articles.board import board
from articles.models import Article, Version
from articles.to_do import Task
from oracle import clock
from oracle.accounts.models import User

from .desk import drafts, lapsing, name_of, sent_back

LONGEST = 50
SENT_BACK, TO_MEND = "Sent back", "To mend"
DRAFTS, WAITING, LAPSING = "Drafts", "With the board", "Lapsing"
HEAVY = ("direct_answer", "professional", "plain", "references", "evidence", "abbreviations", "claims")
# What a text cannot be sent without, and what is said where it is blank.
NEEDED = {"direct_answer": "no direct answer", "title": "no title", "professional": "no wording for professionals"}
_BLANK = {name: ~Q(**{f"current_version__{name}__regex": r"\S"}) for name in NEEDED}
_TO_MEND = ~Q(current_version__proposals={}) | _BLANK["direct_answer"] | _BLANK["title"] | _BLANK["professional"]


def editor_tasks(user: User) -> list[Task]:
    """What waits for an editor, the most urgent group first; seven queries, however many rows."""
    back = _written(sent_back())
    to_mend, others = _written(drafts().filter(_TO_MEND)), _written(drafts().exclude(_TO_MEND))
    waiting = _rows(Article.objects.with_the_board().order_by("submitted_on", "pk"))
    objections = board().open_objections([*back, *to_mend, *others])
    holders = board().holders(waiting)
    return [
        *_group(SENT_BACK, back, "sent_back", lambda article: _sent_back(article, objections.get(article.pk, 0))),
        *_group(TO_MEND, to_mend, "writing", lambda article: _draft(TO_MEND, article, objections.get(article.pk, 0))),
        *_group(DRAFTS, others, "writing", lambda article: _draft(DRAFTS, article, objections.get(article.pk, 0))),
        *_group(WAITING, waiting, "board", lambda article: _waiting(article, holders.get(article.pk, []))),
        *_group(LAPSING, _rows(lapsing().order_by("review_due", "pk")), "lapsing", _lapsing),
    ]


def _group(name: str, rows: list[Article], where: str, task: Callable[[Article], Task]) -> Iterable[Task]:
    """The tasks of a group; where it is cut, the way to the whole of it comes last."""
    yield from (task(article) for article in rows[:LONGEST])
    if len(rows) > LONGEST:
        yield Task(name, f"More than {LONGEST} articles", f"{reverse('articles')}?where={where}", [], "See all")


def _rows(found: QuerySet[Article]) -> list[Article]:
    """The first articles of a group, without their texts, and one more where there are more."""
    light = found.select_related("current_version").defer(*(f"current_version__{name}" for name in HEAVY))
    return list(light[: LONGEST + 1])


def _written(found: QuerySet[Article]) -> list[Article]:
    """The same for open texts, the newest first, each with what its row says; see `_facts`."""
    saves = Version.history.filter(id=OuterRef("current_version")).order_by("-history_id")
    blank = {f"no_{name}": Case(When(there, then=Value(True)), default=Value(False)) for name, there in _BLANK.items()}
    saved = {"saved_at": Subquery(saves.values("history_date")[:1])}
    saved |= {"saved_by": Subquery(saves.values("history_user__name")[:1])}
    return _rows(found.annotate(**blank, **saved).order_by("-pk"))


def _sent_back(article: Article, count: int) -> Task:
    facts = [f"version {_number(article)}", *_objections(count), *_facts(article)]
    answered = not count and not _missing(article)
    name, button = ("submit", "Send again") if answered else ("edit", "Answer")
    return Task(SENT_BACK, name_of(article), reverse(name, args=[article.slug]), facts, button, "danger")


def _draft(group: str, article: Article, count: int) -> Task:
    unmatched = article.current_version and article.current_version.proposals
    name, button = ("match_numbers", "Match the numbers") if unmatched else ("edit", "Write")
    facts = [f"version {_number(article)}", *_objections(count), *_facts(article)]
    return Task(group, name_of(article), reverse(name, args=[article.slug]), facts, button)


def _objections(count: int) -> list[str]:
    return [f"{count} objection{'s' if count > 1 else ''} open"] if count else []


def _facts(article: Article) -> list[str]:
    """What is missing as far as the row tells, and when it was saved last; see `_written`."""
    return [*_missing(article), *_saved(getattr(article, "saved_at", None), getattr(article, "saved_by", None))]


def _missing(article: Article) -> list[str]:
    numbers = len(article.current_version.proposals) if article.current_version else 0
    unmatched = [f"{numbers} number{'' if numbers == 1 else 's'} to match"] if numbers else []
    return [*unmatched, *(said for name, said in NEEDED.items() if getattr(article, f"no_{name}"))]


def _saved(at: datetime | None, by: str | None) -> list[str]:
    if at is None:
        return []
    moment = timezone.localtime(at)
    when = f"{moment:%H:%M}" if moment.date() == clock.today() else _day(moment.date())
    return [f"saved {when} by {by}" if by else f"opened {when}"]


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
