"""What a new site begins with: specialties, sign-off rules, and the first version of each document."""

import re
from collections.abc import Mapping
from pathlib import Path

from django.conf import settings
from django.db import models, transaction

from articles.models import Document, Risk, Specialty
from oracle.accounts.models import User
from oracle.audit.history import record

from .models import SignOffRule

TEXTS = Path(__file__).parent / "founding_texts"
SPECIALTIES = {
    "cardiology": "Cardiology",
    "dermatology": "Dermatology",
    "endocrinology": "Endocrinology",
    "gastroenterology": "Gastroenterology",
    "general-medicine": "General medicine",
    "haematology": "Haematology",
    "infectious-diseases": "Infectious diseases",
    "nephrology": "Nephrology",
    "neurology": "Neurology",
    "obstetrics": "Obstetrics and gynaecology",
    "oncology": "Oncology",
    "paediatrics": "Paediatrics",
    "pharmacology": "Clinical pharmacology",
    "psychiatry": "Psychiatry",
    "respiratory-medicine": "Respiratory medicine",
}
# By risk: signatures, specialties they come from, months they hold.
RULES = {Risk.STANDARD: (1, 1, 36), Risk.HIGH: (2, 2, 12)}
FILES = {
    Document.Kind.POLICY: "policy.md",
    Document.Kind.PROFESSIONAL: "disclaimer_professional.md",
    Document.Kind.PLAIN: "disclaimer_plain.md",
    Document.Kind.QUESTIONS: "questions.txt",
}
EVENTS: dict[type[models.Model], str] = {
    Specialty: "specialty.save",
    SignOffRule: "rule.save",
    Document: "document.save",
}


def found(by: User | None = None, texts: Mapping[str, str] | None = None) -> None:
    """Make what is missing of it, in the name of `by`; what is there already stays as it is.

    `texts` are the documents by kind; without them the drafts, with the names of the settings.
    """
    texts = texts or drafts(settings.RESPONSIBLE, settings.CONTACT_EMAIL)
    with transaction.atomic():
        for slug, name in SPECIALTIES.items():
            _unless_there(Specialty(slug=slug, name=name), by, slug=slug)
        for risk, (signatures, specialties, months) in RULES.items():
            rule = SignOffRule(risk=risk, signatures=signatures, specialties=specialties, months=months)
            _unless_there(rule, by, risk=risk)
        for kind, body in texts.items():
            withholds = Document.Withholds.HIGH
            _unless_there(Document(kind=kind, number=1, body=body, withholds=withholds), by, kind=kind)


def drafts(responsible: str, contact: str) -> dict[str, str]:
    """The draft of each document, with the names of who answers for the site and where to write."""
    return {
        str(kind): _template(kind).replace("{responsible}", responsible).replace("{contact}", contact) for kind in FILES
    }


def is_draft(document: Document) -> bool:
    """Is the text still the draft, whoever it names?"""
    draft = re.sub(r"\\{(responsible|contact)\\}", ".+", re.escape(_template(document.kind).strip()))
    return re.fullmatch(draft, document.body.replace("\r\n", "\n").strip()) is not None


def _template(kind: str) -> str:
    return (TEXTS / FILES[Document.Kind(kind)]).read_text("utf-8")


def _unless_there(row: models.Model, by: User | None, **marks: str) -> None:
    model = type(row)
    if not model._default_manager.filter(**marks).exists():
        record(row, by=by, event=EVENTS[model])
