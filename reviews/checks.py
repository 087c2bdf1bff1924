"""Deployment checks of the house: its documents and its board (`manage.py check --deploy`)."""

from typing import Any

from django.core.checks import CheckMessage, Info, Warning, register
from django.db import Error

from articles.models import Document
from oracle import clock
from oracle.accounts.models import Role, User

from .founding import is_draft
from .models import BoardMember

NO_CHAIR = Info(
    "Nobody is chair: nobody can withdraw an article, lower a risk or clear a declared interest.",
    hint="Give the role to a person: back office, Accounts.",
    id="oracle.I001",
)
NO_BOARD = Info(
    "No board member is in order (a record, checked credentials, a running term), so nothing can be signed.",
    hint="Invite members (back office, Accounts), and make their board records (back office, Board members).",
    id="oracle.I002",
)

NO_QUESTIONS = Warning(
    "No questions at signing are in force: signers are asked nothing that the checks cannot answer.",
    hint="Put some in force: back office, Policy and disclaimers. A proposal is reviews/founding_texts/questions.txt.",
    id="oracle.W012",
)


@register("oracle", deploy=True)
def the_house(**options: Any) -> list[CheckMessage]:
    """Whether the house has its own documents and a board; oracle.checks says when the database does not answer."""
    try:
        return [*own_documents(), *questions_at_signing(), *a_board()]
    except Error:
        return []


def own_documents() -> list[CheckMessage]:
    """A warning that names the documents in force that are still the drafts a site is founded with."""
    # The questions speak of the texts, not of the house: they may stay as they came.
    rows = Document.objects.in_force_on(clock.today()).exclude(kind=Document.Kind.QUESTIONS)
    drafts = [row.get_kind_display() for row in rows if is_draft(row)]
    if not drafts:
        return []
    return [
        Warning(
            f"Still the draft that came with the software: {', '.join(drafts)}.",
            hint="Make it true of your house, and put your own wording in force: back office, Policy and disclaimers.",
            id="oracle.W009",
        )
    ]


def questions_at_signing() -> list[CheckMessage]:
    """A warning where signers are asked nothing, as on a site that was set up before there were questions."""
    return [] if Document.objects.in_force(Document.Kind.QUESTIONS).exists() else [NO_QUESTIONS]


def a_board() -> list[CheckMessage]:
    """Who is missing before a text can be signed; no fault on a site that is only just set up."""
    today = clock.today()
    members = BoardMember.objects.at_work(today)
    chair = User.objects.having(Role.CHAIR).exists()
    in_order = any(member.lapse(today) is None for member in members)
    return [*([] if chair else [NO_CHAIR]), *([] if in_order else [NO_BOARD])]
