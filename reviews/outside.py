"""Outside reviewers: where nobody of the board is left for an article, the chair names somebody for that one alone."""

from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.urls import reverse

from articles.models import Article, Specialty
from articles.models.article import WITH_THE_BOARD
from oracle import clock
from oracle.accounts import invitations
from oracle.accounts.models import Role, User
from oracle.audit.history import record
from oracle.outbox import letters
from oracle.refusals import NotAllowed, Refusal, typed

from .assignment import ask, check_chair, checked_days
from .candidates import Candidates, choice_for
from .models import BoardMember, Review


@dataclass(frozen=True)
class Outsider:
    """Whom the chair names; with an account already, its name stays."""

    email: str
    name: str
    credentials: str
    specialty: str


def name_outside(
    article: Article, outsider: Outsider, *, by: User, reason: str, answer_by: date | None, review_by: date | None
) -> Review:
    """Make the record of an outside reviewer, and invite them; an account is made where they have none.

    Before they can accept, an administrator records the check of their credentials, and they disclose their interests.
    """
    with transaction.atomic():
        article = article.lock()
        check_chair(article, by)
        choice = choice_for(article)
        if article.state not in WITH_THE_BOARD:
            raise Refusal("This article is not with the board now, so nobody can be invited to it.")
        sentence = why_not(choice)
        if sentence:
            raise Refusal(sentence)
        days = checked_days(answer_by, review_by)
        reason = typed(reason, "Say why somebody from outside is needed; it stays on record.", most=2000)
        _check_specialty(choice, outsider.specialty)
        person = _person(article, outsider, by, reason)
        member = BoardMember(
            user=person,
            credentials=typed(outsider.credentials, "Give the credentials, for example “MD, PhD”.", most=120),
            specialties=[outsider.specialty],
            term_from=clock.today(),
            outside_for=article,
            outside_reason=reason,
        )
        record(member, by=by, event="board.outside", reason=reason)
        _tell_administrators(member, by)
        return ask(article, person, by=by, answer_by=days[0], review_by=days[1])


def why_not(choice: Candidates) -> str:
    """Why nobody from outside is needed for an article; empty if somebody is."""
    if choice.enough:
        return "Those who are invited or at work can give the signatures this article needs; nobody else is needed."
    if choice.nobody_left:
        return ""
    names = ", ".join(one.name for one in choice.offered if choice.helps(one.member.specialties))
    return f"The board can still review this: invite {names} first. An outside reviewer is for when nobody is left."


def _check_specialty(choice: Candidates, specialty: str) -> None:
    if not Specialty.objects.filter(slug=specialty).exists():
        raise Refusal("Choose the specialty from the list.")
    if not choice.helps([specialty]):
        main = choice.article.specialties[0].replace("-", " ")
        raise Refusal(f"A signature from this specialty could not meet the rule; the main specialty here is {main}.")


def _person(article: Article, outsider: Outsider, by: User, reason: str) -> User:
    """The account of the outside reviewer, as a board member; refused where the person cannot be one."""
    person = User.objects.select_for_update(no_key=True).filter(email__iexact=outsider.email).first()
    if person is None:
        name = typed(outsider.name, "This address has no account yet; give the person’s name.", most=200)
        return invitations.invite_outside_reviewer(outsider.email, name, by=by)
    if person.pk == by.pk:
        raise NotAllowed("Nobody names themselves; ask another chair.")
    if not person.is_active:
        raise Refusal(f"The account of {person.name} is deactivated; ask an administrator to open it again.")
    if BoardMember.objects.filter(user=person).exists():
        raise Refusal(f"{person.name} has a board record already, so they cannot be named from outside.")
    if person.pk in article.contributor_ids():
        raise Refusal(f"{person.name} contributed to this text; name somebody else.")
    if not person.has_role(Role.REVIEWER):
        person.roles = [role.value for role in Role if role.value in {*person.roles, Role.REVIEWER}]
        record(person, by=by, event="user.roles", reason=reason)
    return person


def _tell_administrators(member: BoardMember, by: User) -> None:
    """Nothing begins before one of them has checked the credentials; one message to each other active one."""
    told = User.objects.having(Role.ADMINISTRATOR).exclude(pk=member.user_id)
    office = reverse("office:reviews_boardmember_change", args=[member.pk])
    subject = f"Credentials to check: {member.user.name}"
    context = {"member": member, "by": by, "link": letters.link(office)}
    letters.post(letters.letter(to, subject, "emails/outside_named.txt", context) for to in told)
