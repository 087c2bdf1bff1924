"""The one way articles learns what only the board knows. `reviews` installs the implementation."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from django.contrib.postgres.fields import ArrayField
from django.db.models import JSONField, Value
from django.db.models.functions import Cast
from django.utils import timezone

from .text.diff import Block, Part
from .to_do import BoardNotice, Task

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.db.models.expressions import Combinable

    from oracle.accounts.models import User

    from .models import Article


@dataclass(frozen=True)
class Reply:
    """What somebody said to a comment."""

    by: str
    at: datetime
    body: str


@dataclass(frozen=True)
class Objection:
    """A reviewer's comment as the editor's page shows it, with the addresses that answer it.

    `quote` is the words of the statement or passage when the comment was made, empty for a comment on the whole
    version; `where` names the text of a passage, `lost` says that it has changed since, and `goes_to` is its field and
    offset in the open version. `suggested` is the passage with the words a reviewer would put there, `applied` says by
    whom that was done, and `apply_url` does it; each is empty where there is none. `change` is what became of the
    paragraphs that the comment is about. `closed` says by whom and when.
    """

    id: int
    version: int
    quote: str
    body: str
    by: str
    at: datetime
    blocking: bool
    answer: str
    answered_by: str
    closed: str
    answer_url: str
    mended_url: str
    reply_url: str
    where: str = ""
    lost: bool = False
    goes_to: tuple[str, int] | None = None
    suggested: Sequence[Part] = ()
    applied: str = ""
    apply_url: str = ""
    change: Sequence[Block] = ()
    replies: Sequence[Reply] = ()

    @property
    def resolved(self) -> bool:
        """Is it closed?"""
        return bool(self.closed)

    @property
    def waits(self) -> bool:
        """Does it still stop the submission?"""
        return self.blocking and not self.resolved and not self.answer


@dataclass(frozen=True)
class SignatureLine:
    """A signature as the article record shows it; `revoke_url` takes a POST with a reason, from signer or chair.

    `used` says what proved who signed; `answers` are the questions that were asked, with the answers.
    """

    version: int
    name: str
    credentials: str
    meaning: str
    at: datetime
    conflict: str
    used: str
    answers: Sequence[tuple[str, str]]
    signer_id: int
    revoked: str
    revoke_url: str


class Board(Protocol):
    """What articles asks the board."""

    def refusal(self, article: "Article", verb: str, by: "User | None") -> str | None:
        """A sentence when the board's records forbid `verb`, or `suspend`, now, else None; asked inside the lock."""

    def after(self, article: "Article", verb: str, by: "User | None") -> "Article":
        """Do what follows from `verb`, inside the lock; give back the article as it now stands."""

    def tasks(self, person: "User") -> tuple[list[Task], BoardNotice | None]:
        """What the board has for a person to do, and what they are told of their board record, if anything."""

    def objections(self, article: "Article") -> Sequence[Objection]:
        """The comments on the article's versions, open and blocking ones first, beside its current version."""

    def signatures(self, article: "Article") -> Sequence[SignatureLine]:
        """The newest fifty signatures on any version; `revoked` tells by whom, when and why, else is empty."""

    def holders(self, articles: Sequence["Article"]) -> dict[int, list[str]]:
        """By article id: who has the current version in review, as “Name, since 3 May 2026”. One query."""

    def held_by(self) -> "Combinable":
        """The same as an annotation of articles, a list for `holders_in_words`."""

    def all_holders(self) -> list[tuple[int, str]]:
        """Everyone who has an article in review, as id and name, by name. One query."""

    def held(self, person: int | None = None) -> "QuerySet[Any]":
        """The ids of the articles whose current version this person has in review, or anybody."""

    def open_objections(self) -> "Combinable":
        """As an annotation of articles: how many blocking comments are neither answered nor closed."""


NOBODY = Cast(Value(None), ArrayField(JSONField()))


class NoBoard:
    """Without a board, texts are written and read, and nothing can be approved."""

    def refusal(self, article: "Article", verb: str, by: "User | None") -> str | None:
        """Refuse what needs a board."""
        needs_board = {"start_review", "release", "request_changes", "approve", "reopen"}
        return "There is no board on this site." if verb in needs_board else None

    def after(self, article: "Article", verb: str, by: "User | None") -> "Article":
        """Nothing follows."""
        return article

    def tasks(self, person: "User") -> tuple[list[Task], BoardNotice | None]:
        """Nothing."""
        return [], None

    def objections(self, article: "Article") -> Sequence[Objection]:
        """None."""
        return ()

    def signatures(self, article: "Article") -> Sequence[SignatureLine]:
        """None."""
        return ()

    def holders(self, articles: Sequence["Article"]) -> dict[int, list[str]]:
        """Nobody."""
        return {}

    def held_by(self) -> "Combinable":
        """Nobody."""
        return NOBODY

    def all_holders(self) -> list[tuple[int, str]]:
        """Nobody."""
        return []

    def held(self, person: int | None = None) -> "QuerySet[Any]":
        """None."""
        from .models import Article

        return Article.objects.none().values("pk")

    def open_objections(self) -> "Combinable":
        """None."""
        return Value(0)


def holders_in_words(rows: Iterable[Mapping[str, str]] | None) -> list[str]:
    """“Name, since 3 May 2026” for each `{"name", "since"}` of `Board.held_by`."""
    moments = ((row["name"], timezone.localtime(datetime.fromisoformat(row["since"]))) for row in rows or ())
    return [f"{name}, since {since:%-d %B %Y}" for name, since in moments]


_board: Board = NoBoard()


def install(implementation: Board) -> None:
    """Called once, by the application that keeps the board."""
    global _board
    _board = implementation


def board() -> Board:
    """The implementation in force."""
    return _board
