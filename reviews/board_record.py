"""What a board member says in their own record: the yearly disclosure, and until when they are away."""

from datetime import date, timedelta

from django.db import transaction

from oracle import clock
from oracle.accounts.models import User
from oracle.audit.history import record
from oracle.refusals import NotAllowed, Refusal, Stale, typed

from .models import BoardMember

# Farther ahead than this is a slip of the finger.
LONGEST_ABSENCE = timedelta(days=730)

# `seen` is the record's `newest_entry` when the member read it: nobody confirms what was not on screen.


def disclose(member: BoardMember, *, by: User, text: str, seen: int) -> BoardMember:
    """Give the disclosure of interests for the year that begins today."""
    with transaction.atomic():
        member = _own(member, by, seen)
        member.disclosure = typed(text, "Say what interests you have; if there are none, write “None”.")
        member.disclosed_on = clock.today()
        return record(member, by=by, event="board.disclose")


def confirm(member: BoardMember, *, by: User, seen: int) -> BoardMember:
    """Say that nothing has changed since the newest disclosure; it holds for another year."""
    with transaction.atomic():
        member = _own(member, by, seen)
        if not member.disclosure:
            raise Refusal("There is no disclosure to confirm yet; write one first.")
        member.disclosed_on = clock.today()
        return record(member, by=by, event="board.disclose")


def set_away(member: BoardMember, *, by: User, until: date | None, seen: int) -> BoardMember:
    """Say until when, this day included, one is away; None ends it. The chair sees it beside the name."""
    with transaction.atomic():
        member, today = _own(member, by, seen), clock.today()
        if until and until < today:
            raise Refusal(f"{until:%-d %B %Y} is over already; choose a day from today on, or leave it empty.")
        if until and until > today + LONGEST_ABSENCE:
            raise Refusal("This is more than two years away; for so long, ask an administrator to end your term.")
        member.away_until = until
        return record(member, by=by, event="board.away")


def _own(member: BoardMember, by: User, seen: int) -> BoardMember:
    """A fresh copy of the record, its row locked."""
    member = BoardMember.objects.select_for_update(no_key=True, of=("self",)).get(pk=member.pk)
    if member.user_id != by.pk or not by.has_role("reviewer"):
        raise NotAllowed("Only the member writes this part of a board record.")
    if member.newest_entry != seen:
        raise Stale("Your board record was changed after you opened this page, so nothing was written. Read it again.")
    return member
