"""The yearly disclosure and what else a member writes in their own board record; without a current one, no review."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from oracle import clock
from oracle.accounts.models import User
from oracle.audit.history import record
from oracle.refusals import NotAllowed, Refusal, Stale
from reviews import board_record, rounds, signing
from reviews.models import BoardMember

from .cast import ALL_YES, PROOF, judge_everything, person, sign_in, submitted, under_review

pytestmark = pytest.mark.django_db
PAGE = "/desk/my-board-record/"


@pytest.fixture
def member(reviewer: User) -> BoardMember:
    return BoardMember.objects.get(user=reviewer)


def disclosed(member: BoardMember, days_ago: int | None) -> None:
    member.disclosed_on = None if days_ago is None else clock.today() - timedelta(days=days_ago)
    with transaction.atomic():
        record(member, by=None, event="board.save")


def post(client: Client, member: BoardMember, **given: Any) -> Any:
    return client.post(PAGE, {"seen": member.newest_entry} | given)


@pytest.mark.parametrize(
    ("days_ago", "lapses"), [(0, False), (365, False), (366, True), (None, True)], ids=["today", "last", "over", "none"]
)
def test_it_holds_a_year_to_the_last_day(editor: User, member: BoardMember, days_ago: int | None, lapses: bool) -> None:
    article = submitted(editor)
    disclosed(member, days_ago)
    if not lapses:
        assert rounds.take(article, by=member.user)
        return
    with pytest.raises(NotAllowed, match=r"Your yearly disclosure .* under My board record\."):
        rounds.take(article, by=member.user)


def test_nothing_is_signed_without_a_current_one(editor: User, reviewer: User, member: BoardMember) -> None:
    _, row = under_review(editor, reviewer)
    judge_everything(row)
    disclosed(member, 366)
    with pytest.raises(NotAllowed, match="Your yearly disclosure lapsed on"):
        signing.sign(row, by=reviewer, shown_sha256=row.version.content_sha256, proof=PROOF, answers=ALL_YES)


def test_nothing_has_changed_confirm(client: Client, reviewer: User, member: BoardMember) -> None:
    disclosed(member, 400)
    shown = sign_in(client, reviewer).get(PAGE).content.decode()
    assert "Nothing has changed, confirm" in shown
    assert "You cannot review or sign at present" in shown
    assert post(client, member, act="confirm").status_code == 302
    member.refresh_from_db()
    assert (member.disclosure, member.disclosed_on, member.lapse(clock.today())) == ("None.", clock.today(), None)
    told = member.history.latest("history_id")
    assert (told.history_event, told.history_user) == ("board.disclose", reviewer)


def test_something_has_changed(client: Client, reviewer: User, member: BoardMember) -> None:
    sign_in(client, reviewer)
    assert post(client, member, act="disclose", disclosure=" Fees from a maker of drug A. ").status_code == 302
    member.refresh_from_db()
    assert member.disclosure == "Fees from a maker of drug A."
    assert "Fees from a maker of drug A." in client.get(reverse("board")).content.decode()


@pytest.mark.parametrize(
    ("given", "status", "said"),
    [
        ({"act": "disclose", "disclosure": "  "}, 409, "if there are none, write “None”"),
        ({"act": "disclose", "disclosure": "x" * 5001}, 409, "5,001 characters"),
        ({"act": "away", "until": "sometime"}, 409, "This day cannot be read"),
        ({"act": "away", "until": "2020-01-01"}, 409, "is over already"),
        ({"act": "away", "until": "2999-12-31"}, 409, "more than two years away"),
        ({"act": "expires"}, 409, "one of the buttons"),
        ({}, 409, "one of the buttons"),
        ({"act": "confirm", "seen": ""}, 409, "changed after you opened this page"),
        ({"act": "confirm", "seen": "9" * 40}, 409, "changed after you opened this page"),
    ],
)
def test_what_is_refused_is_said_and_changes_nothing(
    client: Client, reviewer: User, member: BoardMember, given: dict[str, str], status: int, said: str
) -> None:
    before = member.newest_entry
    answer = post(sign_in(client, reviewer), member, **given)
    assert (answer.status_code, said in answer.content.decode()) == (status, True)
    assert member.newest_entry == before


def test_nobody_confirms_what_was_not_on_screen(reviewer: User, member: BoardMember) -> None:
    seen = member.newest_entry
    board_record.disclose(member, by=reviewer, text="Shares.", seen=seen)
    with pytest.raises(Stale, match="Read it again"):
        board_record.confirm(member, by=reviewer, seen=seen)


def test_nobody_writes_in_anothers(reviewer: User, reviewer2: User, member: BoardMember) -> None:
    seen = member.newest_entry
    for act in (
        lambda: board_record.confirm(member, by=reviewer2, seen=seen),
        lambda: board_record.disclose(member, by=reviewer2, text="None.", seen=seen),
        lambda: board_record.set_away(member, by=reviewer2, until=None, seen=seen),
    ):
        with pytest.raises(NotAllowed, match="Only the member"):
            act()


def test_without_a_text_there_is_nothing_to_confirm(reviewer: User, member: BoardMember) -> None:
    member.disclosure = ""
    disclosed(member, None)
    with pytest.raises(Refusal, match="write one first"):
        board_record.confirm(member, by=reviewer, seen=member.newest_entry)


def test_away_until(client: Client, reviewer: User, member: BoardMember) -> None:
    until = clock.today() + timedelta(days=10)
    sign_in(client, reviewer)
    assert post(client, member, act="away", until=until.isoformat()).status_code == 302
    member.refresh_from_db()
    assert (member.away_until, member.history.latest("history_id").history_event) == (until, "board.away")
    assert f'value="{until.isoformat()}"' in client.get(PAGE).content.decode()
    assert post(client, member, act="away", until="").status_code == 302
    member.refresh_from_db()
    assert member.away_until is None


def test_to_do_tells_thirty_days_before_and_leads_there(client: Client, reviewer: User, member: BoardMember) -> None:
    sign_in(client, reviewer)
    said = []
    for days_ago in (334, 335, 365, 366):
        disclosed(member, days_ago)
        page = client.get(reverse("to_do")).content.decode()
        said.append(("look at it and confirm it" in page, "disclosure lapsed on" in page, page.count(f'href="{PAGE}"')))
    assert said == [(False, False, 1), (True, False, 2), (True, False, 2), (False, True, 2)]


def test_the_page_shows_the_check_and_who_made_it(
    client: Client, reviewer: User, member: BoardMember, administrator: User
) -> None:
    member.register, member.register_number, member.checked_by = "GMC", "7654321", administrator
    with transaction.atomic():
        record(member, by=administrator, event="board.save")
    page = sign_in(client, reviewer).get(PAGE).content.decode()
    for words in ("GMC", "7654321", "by Adam Administrator", "An administrator keeps this part"):
        assert words in page


def test_a_member_without_a_record_is_told_how_to_get_one(client: Client, founded: None) -> None:
    stranger = person("Nora Newcomer", "reviewer")
    answer = sign_in(client, stranger).get(PAGE)
    assert (answer.status_code, b"ask an administrator to make one" in answer.content) == (200, True)
    assert client.post(PAGE, {"act": "confirm"}).status_code == 409
