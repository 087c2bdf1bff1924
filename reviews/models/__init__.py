"""What is said about articles: the board, its rules, reviews, comments and signatures."""

from .board import BoardMember
from .comment import Comment
from .notice import Kind, Notice
from .review import (
    AddedClaim,
    Answer,
    Because,
    ClaimCheck,
    Conflict,
    Manner,
    Review,
    Round,
    RoundEnd,
    SetAside,
    Verdict,
)
from .rule import SignOffRule
from .signoff import Meaning, Revocation, SigningFailure, SignOff

__all__ = [
    "AddedClaim",
    "Answer",
    "Because",
    "BoardMember",
    "ClaimCheck",
    "Comment",
    "Conflict",
    "Kind",
    "Manner",
    "Meaning",
    "Notice",
    "Review",
    "Revocation",
    "Round",
    "RoundEnd",
    "SetAside",
    "SignOff",
    "SignOffRule",
    "SigningFailure",
    "Verdict",
]
