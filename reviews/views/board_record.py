"""A member's own board record: what it says, the yearly disclosure, and until when they are away."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from articles.permissions import can_read_desk
from oracle import clock
from oracle.accounts.requests import DeskRequest
from oracle.refusals import NotAllowed, Refusal

from .. import board_record
from ..forms import AwayForm
from ..models import BoardMember
from ..permissions import lapse_of


def page(request: DeskRequest) -> HttpResponse:
    """The record; a POST confirms or changes the disclosure, or says until when the member is away."""
    if not can_read_desk(None, request.user):
        raise Http404
    if not request.user.has_role("reviewer"):
        raise NotAllowed("Only members of the Medical Advisory Board have a board record.")
    related = ("user", "checked_by", "outside_for__current_version")
    member = BoardMember.objects.select_related(*related).filter(user=request.user).first()
    if request.method != "POST":
        return _show(request, member)
    try:
        if member is None:
            raise Refusal("You have no board record yet; ask an administrator to make one.")
        messages.success(request, _act(request, member))
    except Refusal as refusal:
        return _show(request, member, refusal)
    return redirect("my_board_record")


def _act(request: DeskRequest, member: BoardMember) -> str:
    act, given = request.POST.get("act", ""), request.POST.get("seen", "")[:18]
    seen = int(given) if given.isascii() and given.isdigit() else 0
    if act == "confirm":
        until = board_record.confirm(member, by=request.user, seen=seen).disclosed_until
        return f"Confirmed. Your disclosure holds until {until:%-d %B %Y}."
    if act == "disclose":
        text = request.POST.get("disclosure", "")
        until = board_record.disclose(member, by=request.user, text=text, seen=seen).disclosed_until
        return f"Your disclosure is on record. It holds until {until:%-d %B %Y}."
    if act == "away":
        return _away(request, member, seen)
    raise Refusal("Choose what to do with one of the buttons.")


def _away(request: DeskRequest, member: BoardMember, seen: int) -> str:
    form = AwayForm(request.POST)
    if not form.is_valid():
        raise Refusal("This day cannot be read. Choose one from the calendar, or leave it empty.")
    until = form.cleaned_data["until"]
    board_record.set_away(member, by=request.user, until=until, seen=seen)
    return f"The chair sees that you are away until {until:%-d %B %Y}." if until else "You are noted as here."


def _show(request: DeskRequest, member: BoardMember | None, refusal: Refusal | None = None) -> HttpResponse:
    act = request.POST.get("act", "") if refusal else ""
    away = {"until": member.away_until} if member else {}
    disclosure = member.disclosure if member else ""
    context = {
        "member": member,
        "seen": member.newest_entry if member else "",
        "lapse": lapse_of(member),
        "current": bool(member and member.disclosed_until and member.disclosed_until >= clock.today()),
        "disclosure": request.POST.get("disclosure", "") if act == "disclose" else disclosure,
        "away_form": AwayForm(request.POST) if act == "away" else AwayForm(initial=away),
        "sentence": refusal.sentence if refusal else "",
        "act": act,
    }
    return render(request, "reviews/board_record.html", context, status=refusal.status if refusal else 200)
