"""Who reviews one article: the chair's page, and a reviewer's answer to an invitation."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from articles.models import Article
from articles.models.article import WITH_THE_BOARD
from oracle.accounts import invitations
from oracle.accounts.models import User
from oracle.accounts.requests import DeskRequest
from oracle.refusals import NotAllowed, Refusal

from .. import assignment, days, outside
from ..candidates import choice_for
from ..forms import DaysForm, OtherDaysForm, OutsideForm
from ..judging import claims_to_judge
from ..models import Review, Round, SignOff
from ..tasks import size
from .desk import article_of, take_page

NO_CHAIR = "Only the chair chooses who reviews an article."
# Three forms of the page ask for days; their fields need ids of their own.
INVITE, OUTSIDE = "invite_%s", "outside_%s"
UNREADABLE = "A day is missing or cannot be read. Choose it from the calendar."


def invite(request: DeskRequest, slug: str) -> HttpResponse:
    """Who has the article, who is invited, and whom the chair can invite."""
    article = chairs_article(request, slug)
    if request.method != "POST":
        return _page(request, article)
    form, people = DaysForm(request.POST, auto_id=INVITE), chosen_people(request)
    try:
        made = assignment.invite(article, people, by=request.user, **days_of(form))
    except Refusal as refusal:
        return _page(request, article, refusal=refusal, form=form, chosen={person.pk for person in people})
    messages.success(request, f"Invited: {', '.join(row.reviewer.name for row in made)}.")
    return redirect("invite_reviewers", slug)


def one(request: DeskRequest, slug: str, review: int) -> HttpResponse:
    """What the chair does with one reviewer of an article: remind, move the days, withdraw, replace."""
    article = chairs_article(request, slug)
    row = get_object_or_404(Review.objects.select_related("reviewer"), pk=review, article=article)
    if request.method != "POST":
        return redirect("invite_reviewers", slug)
    try:
        act = ACTS.get(request.POST.get("act", ""))
        if act is None:
            raise Refusal("Choose what to do with one of the buttons.")
        messages.success(request, act(request, row))
    except Refusal as refusal:
        return _page(request, article, refusal=refusal, failed=row.pk)
    return redirect("invite_reviewers", slug)


def outside_reviewer(request: DeskRequest, slug: str) -> HttpResponse:
    """Name a reviewer from outside the board for this article alone."""
    article = chairs_article(request, slug)
    if request.method != "POST":
        return redirect("invite_reviewers", slug)
    form = OutsideForm(request.POST, auto_id=OUTSIDE)
    if not form.is_valid():
        refusal = Refusal("The outside reviewer was not named; mend what is marked in the form.")
        return _page(request, article, refusal=refusal, outside_form=form, status=422)
    data = form.cleaned_data
    outsider = outside.Outsider(**{name: data[name] for name in ("email", "name", "credentials", "specialty")})
    try:
        made = outside.name_outside(article, outsider, by=request.user, reason=data["reason"], **days_of(form))
    except Refusal as refusal:
        return _page(request, article, refusal=refusal, outside_form=form)
    if not made.reviewer.has_usable_password():
        invitations.send(made.reviewer, request.build_absolute_uri(invitations.path_of(made.reviewer)))
    name = made.reviewer.name
    messages.success(request, f"{name} is named and invited. An administrator now checks the credentials.")
    return redirect("invite_reviewers", slug)


@require_POST
def decline(request: DeskRequest, slug: str) -> HttpResponse:
    """Decline an invitation, with a reason."""
    article = article_of(slug, request.user)
    row = Review.objects.filter(article=article, reviewer=request.user).first()
    because, note = request.POST.get("because", ""), request.POST.get("note", "")
    try:
        if row is None:
            raise NotAllowed("You are not invited to review this article.")
        assignment.decline(row, by=request.user, because=because, note=note)
    except Refusal as refusal:
        if row is None or not request.user.has_role("reviewer"):
            raise
        return take_page(request, article, refusal=refusal, because=because, note=note)
    messages.success(request, "Declined. The chair is told why, and asks somebody else.")
    return redirect("to_do")


# What the pages of the chair share.


def chairs_article(request: DeskRequest, slug: str) -> Article:
    """The article at an address of the chair's; 404 for whoever has no desk, 403 for other desks."""
    article = article_of(slug, request.user)
    if not request.user.has_role("chair"):
        raise NotAllowed(NO_CHAIR)
    return article


def numbers(given: Iterable[str]) -> list[int]:
    """The keys among what a form sent."""
    return [int(key) for key in given if key.isascii() and key.isdigit() and len(key) < 18]


def chosen_people(request: DeskRequest) -> list[User]:
    """The people that a form names."""
    return list(User.objects.filter(pk__in=numbers(request.POST.getlist("person"))).order_by("pk"))


def days_of(form: DaysForm | OtherDaysForm) -> dict[str, Any]:
    """Both days of a form, None where none was given; refused where one is missing or cannot be read."""
    if not form.is_valid() and form.errors.keys() & {"answer_by", "review_by"}:
        raise Refusal(UNREADABLE)
    return {name: form.cleaned_data.get(name) for name in ("answer_by", "review_by")}


def _page(
    request: DeskRequest,
    article: Article,
    *,
    refusal: Refusal | None = None,
    form: DaysForm | None = None,
    outside_form: OutsideForm | None = None,
    chosen: Iterable[int] = (),
    failed: int = 0,
    status: int = 200,
) -> HttpResponse:
    choice = choice_for(article)
    context = {
        "article": article,
        "version": article.current_version,
        "with_board": article.state in WITH_THE_BOARD,
        "size": size(len(claims_to_judge(article.current_version))),
        "choice": choice,
        "signed": SignOff.objects.standing().approvals().filter(version_id=article.current_id).order_by("pk"),
        "engaged": _engaged(article, {failed: request.POST}),
        "named": article.outside_reviewers.select_related("user").order_by("pk"),
        "form": form or DaysForm.proposed(auto_id=INVITE),
        "proposed": DaysForm.proposed().initial,
        "outside_form": outside_form or (OutsideForm.proposed(auto_id=OUTSIDE) if choice.nobody_left else None),
        "sentence": refusal.sentence if refusal else "",
        "chosen": set(chosen),
        "demonstration": settings.DEBUG,
    }
    status = refusal.status if refusal and status == 200 else status
    return render(request, "reviews/invite.html", context, status=status)


def _engaged(article: Article, typed: Mapping[int, Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Who is at work, then who is asked, each with the day in words, and what was `typed` in a refused form."""
    asked, at_work = assignment.open_work([article.pk])
    lines: list[dict[str, Any]] = [{"review": row.review, "round": row, "day": days.due(row.due_on)} for row in at_work]
    for row in asked:
        lines.append({"review": row, "round": None, "day": row.answer_by and days.answer_due(row.answer_by)})
    for line in lines:
        day = line["round"].due_on if line["round"] else line["review"].answer_by
        line |= {"late": days.urgency(day) == "late", "typed": typed.get(line["review"].pk, {})}
    return lines


# What is done with one reviewer.


def _remind(request: DeskRequest, row: Review) -> str:
    count, _ = assignment.remind_now(*_work(row), by=request.user)
    name = row.reviewer.name
    return f"{name} is reminded by mail." if count else f"{name} was reminded today already; no second mail went."


def _move(request: DeskRequest, row: Review) -> str:
    assignment.move_dates(*_work(row), by=request.user, **days_of(OtherDaysForm(request.POST)))
    return f"{row.reviewer.name} has other days now."


def _withdraw(request: DeskRequest, row: Review) -> str:
    assignment.withdraw_invitation(row, by=request.user)
    return f"The invitation of {row.reviewer.name} is withdrawn."


def _replace(request: DeskRequest, row: Review) -> str:
    working = row.rounds.order_by("-pk").first()
    if working is None:
        raise Refusal(f"{row.reviewer.name} has not begun, so there is nobody to replace; withdraw the invitation.")
    other = next(iter(chosen_people(request)), None)
    until = days_of(DaysForm(request.POST)) if other else {}
    reason = request.POST.get("reason", "")
    assignment.replace(working, by=request.user, reason=reason, with_=other, **until)
    invited = f" {other.name} is invited." if other else ""
    return f"{row.reviewer.name} is replaced. What they noted stays on record.{invited}"


def _work(row: Review) -> tuple[list[Review], list[Round]]:
    return [row] if row.waiting else [], list(row.rounds.active())


ACTS: dict[str, Callable[[DeskRequest, Review], str]] = {
    "remind": _remind,
    "move": _move,
    "withdraw": _withdraw,
    "replace": _replace,
}
