"""Mail to reviewers about their own work. The messages wait in the outbox."""

from collections.abc import Mapping

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string

from oracle.accounts.models import User

from .models import Review, Round

LONGEST_SUBJECT = 200


def invited(review: Review) -> None:
    """Tell a reviewer what they are invited to, and until when they answer."""
    _tell(review, "Invitation to review", "emails/review_invited.txt", {"by": review.invited_by})


def remind(work: Review | Round, *, by: User) -> None:
    """Remind a reviewer of an invitation without an answer, or of a round in work."""
    review, due_on = (work.review, work.due_on) if isinstance(work, Round) else (work, work.answer_by)
    context = {"by": by, "due_on": due_on, "at_work": isinstance(work, Round)}
    _tell(review, "Reminder", "emails/review_reminded.txt", context)


def _tell(review: Review, kind: str, template: str, context: Mapping[str, object]) -> None:
    question = review.article.current_version.question
    subject = " ".join(f"{kind}: {question}".split())[:LONGEST_SUBJECT]
    shared = {"review": review, "question": question, "site_name": settings.SITE_NAME}
    send_mail(subject, render_to_string(template, {**context, **shared}), None, [review.reviewer.email])
