"""Mail at once, when a text may harm somebody; and who is told of an article's work. Messages wait in the outbox."""

from django.core.mail import EmailMessage
from django.db.models import QuerySet
from django.urls import reverse

from oracle.accounts.models import Role, User
from oracle.outbox import letters

from .board import board
from .models import Article, Report, Suspension


def chairs() -> QuerySet[User]:
    """Who has the chair's tasks: every active chair, whoever else may do everything."""
    return User.objects.having(Role.CHAIR)


def editors_of(article: Article) -> list[User]:
    """Who has the editor's tasks of an article: the active editors among its contributors, else all active ones."""
    editors = User.objects.having(Role.EDITOR)
    return list(editors.filter(pk__in=article.contributor_ids())) or list(editors)


def text_hidden(article: Article, question: str) -> None:
    """Tell who else is concerned that a text was hidden, by whom and why: the chairs decide, its people are told."""
    row = Suspension.objects.select_related("by", "version").get(article=article, lifted_at=None)
    pages = dict.fromkeys(chairs(), "show")
    for user in (*editors_of(article), *_signers(article, row)):
        pages.setdefault(user, "record")
    pages.pop(row.by, None)
    letters.post(_hidden(user, row, question, reverse(page, args=[article.slug])) for user, page in pages.items())


def _hidden(to: User, row: Suspension, question: str, path: str) -> EmailMessage:
    context = {"row": row, "question": question, "decides": to.has_role(Role.CHAIR), "link": letters.link(path)}
    return letters.letter(to, f"Hidden: {question}", "emails/hidden.txt", context)


def _signers(article: Article, row: Suspension) -> QuerySet[User]:
    """Who signed the version that was hidden, and did not take the signature back."""
    lines = [line for line in board().signatures(article) if line.version == row.version.number and not line.revoked]
    return User.objects.filter(is_active=True, pk__in={line.signer_id for line in lines}).order_by("pk")


def harm_reported(report: Report, question: str, link: str) -> None:
    """Tell every active chair that a reader reported harm; nothing of what the reader wrote or is goes into mail."""
    subject = f"Report {report.pk} says that someone could be harmed"
    context = {"report": report, "question": question, "link": link}
    letters.post(letters.letter(chair, subject, "emails/harm_reported.txt", context) for chair in chairs())
