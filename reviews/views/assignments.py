"""The chair's list of what the board has: who reviews it, who is asked, what is late; and acts on many at once."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any

from django.contrib import messages
from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.functions import Lower
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from articles.models import Article, Specialty
from articles.permissions import can_read_desk
from articles.text.content import CONTENT_FIELDS
from oracle import clock
from oracle.accounts.requests import DeskRequest
from oracle.lists import Choice, Filter, Key, Listing, Sort
from oracle.refusals import NotAllowed, Refusal

from .. import assignment, days
from ..forms import DaysForm, OtherDaysForm
from ..models import BoardMember, Review, Round
from ..office_tasks import unassigned
from .assignment import chosen_people, days_of, numbers

SORTS = (
    Sort(
        "", "newest wait first", (Key("submitted_on", date, descending=True, nullable=True), Key("pk", descending=True))
    ),
    Sort("oldest", "waiting longest", (Key("submitted_on", date, nullable=True), Key("pk"))),
)
HEAVY = [f"current_version__{name}" for name in (*CONTENT_FIELDS, "claims") if name != "question"]


def assignments(request: DeskRequest) -> HttpResponse:
    """The list; a POST reminds, moves the days of, or invites to the chosen articles."""
    if not can_read_desk(None, request.user):
        raise Http404
    if not request.user.has_role("chair"):
        raise NotAllowed("Only the chair chooses who reviews an article.")
    if request.method != "POST":
        return _page(request)
    chosen = numbers(request.POST.getlist("article"))
    try:
        act = ACTS.get(request.POST.get("act", ""))
        if act is None:
            raise Refusal("Choose what to do with one of the buttons.")
        if not chosen:
            raise Refusal("Choose the articles first; the boxes stand before their questions.")
        messages.success(request, act(request, chosen))
    except Refusal as refusal:
        return _page(request, refusal=refusal, chosen=chosen)
    return redirect(request.get_full_path())


def _page(request: DeskRequest, *, refusal: Refusal | None = None, chosen: Iterable[int] = ()) -> HttpResponse:
    page = _listing().page(request.GET)
    people = _people_beside([article.pk for article in page.rows])
    form = DaysForm(request.POST, auto_id="days_%s") if refusal else DaysForm.proposed(auto_id="days_%s")
    context = {
        "list": page,
        "rows": [{"article": article, "facts": _facts(article), "people": people[article.pk]} for article in page.rows],
        "members": _members(),
        "form": form,
        "moved": {name: request.POST.get(f"move_{name}", "") for name in ("answer_by", "review_by")},
        "sentence": refusal.sentence if refusal else "",
        "chosen": set(chosen),
        "people": {person.pk for person in chosen_people(request)} if refusal else set(),
    }
    return render(request, "reviews/assignments.html", context, status=refusal.status if refusal else 200)


def _listing() -> Listing:
    rows = Article.objects.with_the_board().select_related("current_version").defer(*HEAVY)
    return Listing(rows=rows, sorts=SORTS, filters=(_what(), _specialty()))


def _what() -> Filter:
    asked = Review.objects.to_answer().filter(article=OuterRef("pk"))
    late_answer, late_round = asked.filter(answer_by__lt=clock.today()), _rounds().late(clock.today())
    choices = (
        Choice("unassigned", "nobody has it or is asked", lambda rows: rows.filter(pk__in=unassigned().values("pk"))),
        Choice("waiting", "waiting for an answer", lambda rows: rows.filter(Exists(asked))),
        Choice("late", "late", lambda rows: rows.filter(Exists(late_answer) | Exists(late_round))),
    )
    return Filter("what", "Show", "everything the board has", choices)


def _rounds() -> Any:
    return Round.objects.active().filter(version=OuterRef("current_version"))


def _specialty() -> Filter:
    names = Specialty.objects.order_by(Lower("name")).values_list("slug", "name")
    return Filter("specialty", "Specialty", "every specialty", [_of_specialty(slug, name) for slug, name in names])


def _of_specialty(slug: str, name: str) -> Choice:
    return Choice(slug, name, lambda rows: rows.filter(specialties__contains=[slug]))


def _members() -> QuerySet[BoardMember]:
    return BoardMember.objects.at_work(clock.today()).select_related("user")


def _facts(article: Article) -> list[str]:
    since = [f"with the board since {days.in_words(article.submitted_on)}"] if article.submitted_on else []
    return [article.fields_of_medicine, *(["high risk"] if article.risk == "high" else []), *since]


def _people_beside(articles: Sequence[int]) -> dict[int, list[dict[str, str]]]:
    """By article: who is at work, then who is asked, each with the day and whether it is over."""
    found: dict[int, list[dict[str, str]]] = defaultdict(list)
    asked, at_work = assignment.open_work(articles)
    for row in at_work:
        facts = f"at work, {days.due(row.due_on) or 'no day set'}"
        found[row.article_id].append({"name": row.reviewer.name, "facts": facts, "when": days.urgency(row.due_on)})
    for review in asked:
        facts = f"invited, {days.answer_due(review.answer_by)}" if review.answer_by else "invited"
        line = {"name": review.reviewer.name, "facts": facts, "when": days.urgency(review.answer_by)}
        found[review.article_id].append(line)
    return found


# What is done with the chosen articles.


def _remind(request: DeskRequest, chosen: list[int]) -> str:
    count, spared = assignment.remind_now(*assignment.open_work(chosen), by=request.user)
    sent = f"{_counted(count, 'reminder is', 'reminders are')} on the way."
    return f"{sent} Reminded today already: {', '.join(spared)}." if spared else sent


def _move(request: DeskRequest, chosen: list[int]) -> str:
    form = OtherDaysForm({name: request.POST.get(f"move_{name}", "") for name in ("answer_by", "review_by")})
    count = assignment.move_dates(*assignment.open_work(chosen), by=request.user, **days_of(form))
    return f"{_counted(count, 'reviewer has', 'reviewers have')} other days now."


def _invite(request: DeskRequest, chosen: list[int]) -> str:
    articles, people = Article.objects.filter(pk__in=chosen), chosen_people(request)
    made = assignment.invite_to_all(articles, people, by=request.user, **days_of(DaysForm(request.POST)))
    return f"{_counted(len(made), 'invitation is', 'invitations are')} on the way."


def _counted(count: int, one: str, many: str) -> str:
    return f"{count} {one if count == 1 else many}"


ACTS: dict[str, Callable[[DeskRequest, list[int]], str]] = {"remind": _remind, "move": _move, "invite": _invite}
