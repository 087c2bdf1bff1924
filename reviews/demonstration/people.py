"""The people of the demonstration and their board records."""

from datetime import timedelta

from django.db import transaction

from oracle import clock
from oracle.accounts.demonstration import DEMONSTRATION_ACCOUNTS, DemonstrationAccount
from oracle.accounts.models import User
from oracle.audit.history import record

from ..models import BoardMember

ADMINISTRATOR = "administrator"
Cast = dict[str, User]


def invite() -> Cast:
    """Make every account, in the administrator's name; the keys are the parts of the addresses before the @."""
    accounts = sorted(DEMONSTRATION_ACCOUNTS, key=lambda account: _key(account) != ADMINISTRATOR)
    cast: Cast = {}
    for account in accounts:
        with transaction.atomic():
            cast[_key(account)] = _make(account, cast.get(ADMINISTRATOR))
    return cast


def _key(account: DemonstrationAccount) -> str:
    return account.email.partition("@")[0]


def _make(account: DemonstrationAccount, by: User | None) -> User:
    roles = [role.value for role in account.roles]
    user = User.objects.create_user(account.email, account.password, by=by, name=account.name, roles=roles)
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
        # Two years: the demonstration begins in the past and should still be in order long after.
        expires_on=today + timedelta(days=730),
        disclosure="None declared. This is an account of the demonstration, not a real person.",
        disclosed_on=today,
        term_from=today,
    )
