"""Board records: nobody checks their own credentials, and a member who is away is told so."""

from datetime import date, timedelta

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from oracle import clock
from oracle.accounts.models import User
from oracle.audit.history import record
from reviews.models import BoardMember

from . import cast
from .attacks import as_app, refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def member(reviewer: User) -> BoardMember:
    return BoardMember.objects.get(user=reviewer)


def test_postgresql_refuses_a_check_by_the_member(reviewer: User, member: BoardMember, administrator: User) -> None:
    with refused("nobody_checks_their_own_credentials"):
        as_app("UPDATE reviews_boardmember SET checked_by_id = user_id")
    member.checked_by = administrator
    with transaction.atomic():
        record(member, by=administrator, event="board.save", reason="Looked up.")
    assert BoardMember.objects.get().checked_by == administrator


def note(member: BoardMember, away_until: date) -> None:
    with transaction.atomic():
        member.away_until = away_until
        record(member, by=None, event="board.save")


def to_do(user: User) -> str:
    return cast.sign_in(Client(), user).get(reverse("to_do")).content.decode()


def test_a_member_who_is_away_is_told_so_until_the_day_is_over(reviewer: User, member: BoardMember) -> None:
    assert "noted as away" not in to_do(reviewer)
    last = clock.today() + timedelta(days=9)
    note(member, last)
    assert f"You are noted as away until {last:%-d %B %Y}" in to_do(reviewer)
    with clock.moved_to(clock.now() + timedelta(days=9)):
        assert "noted as away" in to_do(reviewer)
    with clock.moved_to(clock.now() + timedelta(days=10)):
        assert "noted as away" not in to_do(reviewer)


def test_what_keeps_a_member_from_reviewing_is_said_first(reviewer: User, member: BoardMember) -> None:
    member.expires_on = clock.today() - timedelta(days=1)
    note(member, clock.today())
    page = to_do(reviewer)
    assert "Your credential check lapsed" in page
    assert "noted as away" not in page
