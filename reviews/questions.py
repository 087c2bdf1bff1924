"""The questions that no check can answer, and that a signer answers: kept in the signature with the answers."""

from collections.abc import Mapping

from articles.models import Document, Risk, Version
from articles.text.signing_questions import questions
from oracle.refusals import Refusal

YES, NO = "yes", "no"
Answers = Mapping[str, str]


def asked_of(version: Version) -> list[str]:
    """The questions in force that are asked of this text; none where the site has no document of them."""
    document = Document.objects.in_force(Document.Kind.QUESTIONS).first()
    high = version.article.risk == Risk.HIGH
    return questions(document.body, plain=bool(version.plain.strip()), high=high) if document else []


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
