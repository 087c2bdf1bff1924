"""The questions that no check can answer, and that a signer answers: kept in the signature with the answers."""

from collections.abc import Mapping

from django.db.models import QuerySet

from articles.models import Document, Risk, Version
from articles.text.signing_questions import questions
from oracle.refusals import Refusal

YES, NO = "yes", "no"
Answers = Mapping[str, str]


def in_force() -> QuerySet[Document, str]:
    """The text of the questions in force, as a query of at most one row."""
    return Document.objects.in_force(Document.Kind.QUESTIONS).values_list("body", flat=True)


def asked_of(version: Version, body: str | None = None) -> list[str]:
    """The questions in force that are asked of this text; none where the site has no document of them.

    `body` is the text of `in_force`, where it is known.
    """
    body = in_force().first() if body is None else body
    high = version.article.risk == Risk.HIGH
    return questions(body, plain=bool(version.plain.strip()), high=high) if body else []


def answered(asked: list[str], answers: Answers) -> list[dict[str, str]]:
    """The questions with their answers, for the signature; `answers` are `yes` or `no` by question.

    Raises `Refusal` for a question that is open or answered with no, and for one that is not asked any more.
    """
    if set(answers) - set(asked):
        raise Refusal("The questions have changed since your page was made; nothing was signed. Answer them again.")
    for number, question in enumerate(asked, 1):
        if answers.get(question) == NO:
            raise Refusal(
                f"You answered question {number} with no; nothing was signed. Ask for changes instead, and say why."
            )
        if answers.get(question) != YES:
            raise Refusal(f"Question {number} is not answered; nothing was signed. Answer it, then sign again.")
    return [{"question": question, "answer": YES} for question in asked]
