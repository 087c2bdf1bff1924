"""The cast: people with meaning, and the shortest ways to an article in each state, all by the verbs."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client

from articles import drafts
from articles.models import Article, Document, Specialty
from articles.models.version import write
from articles.text.content import Content
from oracle import clock
from oracle.accounts.authentication import Proof
from oracle.accounts.models import User
from oracle.audit.history import record
from reviews import checking, discussion, rounds, signing
from reviews.judging import claims_to_judge
from reviews.models import BoardMember, Round, SignOffRule
from reviews.questions import YES, asked_of

from .database import connect_as_owner

PASSWORD = "correct horse battery"
PROOF = Proof(password=PASSWORD)
QUESTION = "Is the answer balanced?"
# The cast's one question answered, for `signing.sign` and as the sign panel's form sends it.
ALL_YES = {QUESTION: YES}
ANSWERED = {"question-1": QUESTION, "answer-1": YES}
SPECIALTIES = {"nephrology": "Nephrology", "cardiology": "Cardiology", "general-medicine": "General medicine"}
ARTICLE = "10.1000/example"


def content(**changes: Any) -> Content:
    """A whole and valid text with two references, four statements and a plain wording."""
    reference = {"type": "article-journal", "container-title": "Journal of Examples", "DOI": ARTICLE}
    values: dict[str, Any] = {
        "question": "May drug A be given in kidney failure?",
        "direct_answer": "Yes, with care: drug A may be given in kidney failure at half the dose [@one].",
        "title": "Drug A in kidney failure",
        "professional": "## Evidence\n\nDrug A at 5 mg daily lowered pressure in 40 adults [@one].\n\n"
        "It was stopped in 10 % of them [@two].\n\n## Approach\n\nStart with 5 mg once daily [@one].\n",
        "plain": "Drug A can be used when kidneys work poorly, at a lower dose [@one].\n",
        "references": [
            reference | {"id": "one", "title": "A trial of drug A", "issued": {"date-parts": [[2015]]}},
            reference | {"id": "two", "title": "Stopping drug A", "issued": {"date-parts": [[2018]]}, "DOI": "10.1/b"},
        ],
        "evidence": [{"key": "one", "quote": "Pressure fell in 40 adults.", "place": "p. 3"}],
        "ai_use": {"level": "drafted", "tool": "Model X", "purpose": "first draft", "checked_by": "Edith Editor"},
        "funding": "none",
    }
    return Content(**(values | changes))


def person(name: str, *roles: str, **fields: Any) -> User:
    """An account that can sign in with `PASSWORD`."""
    with transaction.atomic():
        email = f"{name.split(maxsplit=1)[0].lower()}{len(name)}@example.org"
        return User.objects.create_user(email, PASSWORD, name=name, roles=list(roles), **fields)


def board_member(user: User, *specialties: str, **fields: Any) -> BoardMember:
    """A serving member whose credentials were checked."""
    today = clock.today()
    values = {
        "credentials": "MD",
        "affiliation": "Example Hospital",
        "checked_on": today,
        "expires_on": today.replace(year=today.year + 1),
        "term_from": today.replace(year=today.year - 1),
        "disclosure": "None.",
        "disclosed_on": today,
    }
    with transaction.atomic():
        member = BoardMember(user=user, specialties=list(specialties), **(values | fields))
        return record(member, by=None, event="board.save")


@pytest.fixture
def founded(db: None) -> None:
    """Specialties, rules and documents, as a new site has them."""
    with transaction.atomic():
        for slug, name in SPECIALTIES.items():
            record(Specialty(slug=slug, name=name), by=None, event="specialty.save")
        record(SignOffRule(risk="standard", signatures=1, specialties=1, months=36), by=None, event="rule.save")
        record(SignOffRule(risk="high", signatures=2, specialties=2, months=12), by=None, event="rule.save")
        for kind in Document.Kind:
            body = QUESTION if kind == Document.Kind.QUESTIONS else f"The {kind.label}."
            record(Document(kind=kind, number=1, body=body), by=None, event="document.save")


@pytest.fixture
def editor(founded: None) -> User:
    return person("Edith Editor", "editor")


@pytest.fixture
def editor2(founded: None) -> User:
    return person("Edgar Editor", "editor")


def _reviewer(name: str, *specialties: str) -> User:
    user = person(name, "reviewer")
    board_member(user, *specialties)
    return user


@pytest.fixture
def reviewer(founded: None) -> User:
    return _reviewer("Rita Reviewer", "nephrology")


@pytest.fixture
def reviewer2(founded: None) -> User:
    return _reviewer("Ralph Reviewer", "cardiology")


@pytest.fixture
def reviewer3(founded: None) -> User:
    return _reviewer("Rosalind Reviewer", "nephrology", "general-medicine")


@pytest.fixture
def chair(founded: None) -> User:
    return person("Clara Chair", "chair")


@pytest.fixture
def auditor(founded: None) -> User:
    return person("Audrey Auditor", "auditor")


@pytest.fixture
def administrator(founded: None) -> User:
    return person("Adam Administrator", "administrator")


@pytest.fixture
def outsider(founded: None) -> User:
    return person("Olga Outsider")


@pytest.fixture
def superuser(founded: None) -> User:
    return person("Sam Superuser", is_staff=True, is_superuser=True)


def make_article(
    editor: User, *, specialties: Any = ("nephrology",), risk: str = "standard", **changes: Any
) -> Article:
    """A draft that could be submitted."""
    return drafts.create(content(**changes), by=editor, specialties=specialties, risk=risk)


def submitted(editor: User, **changes: Any) -> Article:
    """An article with the board."""
    return make_article(editor, **changes).perform("submit", by=editor)


def under_review(editor: User, reviewer: User, **changes: Any) -> tuple[Article, Round]:
    """An article in review, and the reviewer's round."""
    row = rounds.take(submitted(editor, **changes), by=reviewer)
    return Article.objects.get(pk=row.article_id), row


def judge_everything(row: Round, verdict: str = "supported", note: str = "", quote: str = "") -> None:
    """One verdict for every statement of a round."""
    for claim in claims_to_judge(row.version):
        checking.judge(row, claim.id, by=row.reviewer, verdict=verdict, note=note, quote=quote)


def sign(row: Round) -> Article:
    """The reviewer's signature on the version of their round."""
    shown = row.version.content_sha256
    return signing.sign(row, by=row.reviewer, shown_sha256=shown, proof=PROOF, answers=answers_to(row))


def answers_to(row: Round) -> dict[str, str]:
    """*Yes* to whatever is asked of who signs the version of a round."""
    return dict.fromkeys(asked_of(row.version), YES)


def signing_form(row: Round, **changes: str) -> dict[str, str]:
    """What the sign panel of a round posts to sign its version."""
    return {"decision": "approve", "sha256": row.version.content_sha256, "password": PASSWORD} | ANSWERED | changes


def approved(editor: User, reviewer: User, **changes: Any) -> Article:
    """An article signed and public."""
    _, row = under_review(editor, reviewer, **changes)
    judge_everything(row)
    return sign(row)


def amended(article: Article, editor: User, **changes: Any) -> Article:
    """The open version with another text and a change note."""
    fresh = content(**({"direct_answer": "Yes, at half the dose, with monitoring [@one]."} | changes))
    base = article.current_version.fingerprint
    write(article, by=editor, base=base, content=fresh, change_note="Clearer.")
    return Article.objects.get(pk=article.pk)


def sent_again(article: Article, editor: User, **changes: Any) -> Article:
    """A sent-back article with another text, its objections marked as mended, with the board again."""
    article = amended(article, editor, **changes)
    for remark in article.comments.filter(blocking=True, resolved_at=None):
        discussion.mark_mended(remark, by=editor)
    return article.perform("submit", by=editor)


def revised(article: Article, editor: User, **changes: Any) -> Article:
    """The next version of a signed article, changed, still a draft."""
    return amended(article.perform("revise", by=editor), editor, **changes)


def sign_in(client: Client, user: User) -> Client:
    """A client whose session is `user`'s."""
    client.force_login(user, backend="oracle.accounts.backend.AccountBackend")
    return client


@pytest.fixture
def as_owner(transactional_db: None) -> Iterator[Callable[[str], None]]:
    """Runs SQL as the tables' owner: what a database administrator could do."""
    with connect_as_owner(connection.settings_dict["NAME"]) as owner:
        yield lambda statement: owner.execute(statement) and None
