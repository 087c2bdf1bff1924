"""The people of the demonstration and their board records.

The administrator checks credentials anew every two years; members confirm their disclosures every year.
"""

from collections.abc import Iterator
from datetime import timedelta

from django.contrib.auth.hashers import make_password
from django.db import transaction

from oracle import clock
from oracle.accounts.demonstration import DEMONSTRATION_ACCOUNTS, DEMONSTRATION_PASSWORD, DemonstrationAccount
from oracle.accounts.models import User
from oracle.audit.history import record

from .. import board_record
from ..models import BoardMember

ADMINISTRATOR = "administrator"
CHECK_HOLDS = timedelta(days=730)
Cast = dict[str, User]
Moment = tuple[int, str]


def invite() -> Cast:
    """Make every account, in the administrator's name; the keys are the parts of the addresses before the @."""
    accounts = sorted(DEMONSTRATION_ACCOUNTS, key=lambda account: _key(account) != ADMINISTRATOR)
    # Hashing is slow on purpose; everybody knows this password, so one hash serves all.
    password = make_password(DEMONSTRATION_PASSWORD)
    cast: Cast = {}
    for account in accounts:
        with transaction.atomic():
            cast[_key(account)] = _make(account, password, cast.get(ADMINISTRATOR))
    return cast


def _key(account: DemonstrationAccount) -> str:
    return account.email.partition("@")[0]


def _make(account: DemonstrationAccount, password: str, by: User | None) -> User:
    roles = [role.value for role in account.roles]
    user = User.objects.create_user(account.email, by=by, name=account.name, roles=roles)
    user.password = password
    user.save(update_fields=["password"])
    if account.credentials:
        record(_board_record(user, account, by), by=by, event="board.save")
    return user


def _board_record(user: User, account: DemonstrationAccount, checked_by: User | None) -> BoardMember:
    today = clock.today()
    return BoardMember(
        user=user,
        credentials=account.credentials,
        specialties=list(account.specialties),
        affiliation="Demonstration Hospital",
        register="Demonstration register",
        register_number=f"DEMO-{user.pk:04}",
        checked_on=today,
        checked_by=checked_by,
        expires_on=today + CHECK_HOLDS,
        disclosure="None declared. This is an account of the demonstration, not a real person.",
        disclosed_on=today,
        term_from=today,
    )


def credentials(cast: Cast) -> Iterator[Moment]:
    """The administrator looks everybody up in the register again, each time before the check lapses."""
    for day in (600, 45):
        yield day, "08:30"
        for member in BoardMember.objects.order_by("id"):
            today = clock.today()
            member.checked_on, member.checked_by, member.expires_on = today, cast[ADMINISTRATOR], today + CHECK_HOLDS
            record(member, by=cast[ADMINISTRATOR], event="board.save")


def disclosures(cast: Cast) -> Iterator[Moment]:
    """Every member confirms the yearly disclosure, each time before it lapses."""
    for day in (830, 470, 115):
        yield day, "18:00"
        for member in BoardMember.objects.select_related("user").order_by("id"):
            board_record.confirm(member, by=member.user, seen=member.newest_entry)
