"""Abbreviations written out for students, from the version's own list, which was signed with it."""

import re
from collections.abc import Mapping

from markdown_it.token import Token


def expand(tokens: list[Token], abbreviations: Mapping[str, str]) -> None:
    """Show the first use of each abbreviation in each section as "expansion (ABBR)".

    Changes text tokens in place. Headings, citations, code and links stay as they are; so does a place where the
    author wrote the expansion out.
    """
    listed = {short: long for short, long in abbreviations.items() if short.strip() and long.strip()}
    if not listed:
        return
    writer = _Writer(listed)
    for place, token in enumerate(tokens):
        if token.type == "heading_open":
            writer.seen.clear()
        elif token.type == "inline" and tokens[place - 1].type != "heading_open":
            writer.inline(token)


class _Writer:
    def __init__(self, listed: Mapping[str, str]) -> None:
        self.listed = listed
        self.seen: set[str] = set()
        shorts = "|".join(re.escape(short) for short in sorted(listed, key=len, reverse=True))
        self.pattern = re.compile(rf"(?<![\w-])(?:{shorts})(?![\w-])")
        self.before = ""

    def inline(self, inline: Token) -> None:
        """Go through one paragraph, list item or cell; `before` is what its sentence said so far."""
        links, self.before = 0, ""
        for child in inline.children or []:
            links += {"link_open": 1, "link_close": -1}.get(child.type, 0)
            if child.type == "claim_open":
                self.before = ""
            elif child.type == "text" and not links:
                original = child.content
                child.content = self.pattern.sub(self.shown, original)
                self.before += original
            elif child.type in {"text", "code_inline", "citation"}:
                self.before += child.content

    def shown(self, found: re.Match[str]) -> str:
        """The abbreviation as it is shown at this place."""
        short = found[0]
        if short in self.seen:
            return short
        self.seen.add(short)
        long = self.listed[short]
        before = (self.before + found.string[: found.start()]).strip()
        if before.lower().endswith(f"{long.lower()} ("):
            return short
        return f"{long if before else long[:1].upper() + long[1:]} ({short})"
