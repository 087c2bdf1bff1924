"""What a version says: the content that is frozen, hashed and signed.

The canonical bytes are the UTF-8 of one JSON object with the keys of `Content` and `"format": "oracle-content/1"`,
keys sorted, no spaces, no escapes beyond those JSON requires. Line ends are `\\n` in every saved draft
(`Version.save_content`). HTML is never part of them.
"""

import hashlib
import json
from dataclasses import asdict, dataclass, field, fields
from typing import Any

FORMAT = "oracle-content/1"
# How much a text owes to an AI system.
NO_AI, AI_ASSISTED, AI_DRAFTED = AI_LEVELS = ("none", "assisted", "drafted")


@dataclass(frozen=True)
class Content:
    """The signed text of one version.

    `references` are CSL-JSON items, each with an `id` (the citation key) and, under `custom.kind`, one of
    research, guideline, label, other. `evidence` items are `{"key", "quote", "place"}`: the quoted passage of the
    source and where it stands. `abbreviations` maps a short form to its expansion. `ai_use` is
    `{"level": "none" | "assisted" | "drafted", "tool", "purpose", "checked_by"}`, empty until known.
    """

    question: str = ""
    direct_answer: str = ""
    title: str = ""
    professional: str = ""
    plain: str = ""
    references: list[dict[str, Any]] = field(default_factory=list)
    evidence: list[dict[str, Any]] = field(default_factory=list)
    abbreviations: dict[str, str] = field(default_factory=dict)
    ai_use: dict[str, str] = field(default_factory=dict)
    funding: str = ""

    def canonical_bytes(self) -> bytes:
        """The bytes that `sha256` digests; the module's docstring gives their form."""
        text = json.dumps(asdict(self) | {"format": FORMAT}, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return text.encode()

    def sha256(self) -> str:
        """The content's fingerprint: 64 lower-case hexadecimal digits."""
        return hashlib.sha256(self.canonical_bytes()).hexdigest()


def line_ends(text: str) -> str:
    """The text with `\\n` as its only line end: what forms send and files hold may have `\\r\\n` or `\\r`."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


CONTENT_FIELDS: tuple[str, ...] = tuple(f.name for f in fields(Content))
