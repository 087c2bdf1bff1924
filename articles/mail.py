"""Mail to the chairs at once, when a text may harm somebody. The messages wait in the outbox."""

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string

from oracle.accounts.models import Role, User

from .models import Article, Report, Suspension

LONGEST_SUBJECT = 200


def text_hidden(article: Article, question: str, link: str) -> None:
    """Tell every other active chair that a text was hidden, by whom and why; `link` leads to where it is decided."""
    row = Suspension.objects.select_related("by", "version").get(article=article, lifted_at=None)
    _tell_chairs(f"Hidden: {question}", "emails/hidden.txt", {"row": row, "question": question, "link": link}, row.by)


def harm_reported(report: Report, question: str, link: str) -> None:
    """Tell every active chair that a reader reported harm; nothing of what the reader wrote or is goes into mail."""
    subject = f"Report {report.pk} says that someone could be harmed"
    _tell_chairs(subject, "emails/harm_reported.txt", {"report": report, "question": question, "link": link})


def _tell_chairs(subject: str, template: str, context: dict[str, object], but: User | None = None) -> None:
    """One message to each, so that none waits for another's address."""
    chairs = User.objects.filter(is_active=True, roles__contains=[Role.CHAIR]).order_by("pk")
    line = " ".join(subject.split())[:LONGEST_SUBJECT]
    for chair in chairs.exclude(pk=but.pk) if but else chairs:
        body = render_to_string(template, context | {"chair": chair, "site_name": settings.SITE_NAME})
        send_mail(line, body, None, [chair.email])
