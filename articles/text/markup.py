"""Readers' HTML as plain text, for search and its passages."""

import re
from html.parser import HTMLParser

# Elements within a line; every other one begins a line of its own.
_WITHIN = {"a", "strong", "em", "code", "span", "abbr", "sup", "sub"}
# Control characters, and the private ones, with which search marks what it found.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ue000-\uf8ff]")


def without_markup(html: str) -> str:
    """The words of our own HTML, a block a line, without the numbers of citations."""
    parser = _Words()
    parser.feed(html)
    parser.close()
    lines = (" ".join(line.split()) for line in _UNPRINTABLE.sub(" ", "".join(parser.parts)).split("\n"))
    return "\n".join(line for line in lines if line)


class _Words(HTMLParser):
    """Gathers text. Citations are `sup` elements, and nothing stands in one but the citation."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.in_citation = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A block begins on a line of its own."""
        self._go(tag, True)

    def handle_endtag(self, tag: str) -> None:
        """A block ends its line."""
        self._go(tag, False)

    def handle_data(self, data: str) -> None:
        """Text, its own line ends being blanks."""
        if not self.in_citation:
            self.parts.append(data.replace("\n", " "))

    def _go(self, tag: str, begins: bool) -> None:
        if tag == "sup":
            self.in_citation = begins
            # The blank before a citation goes with it: it would stand before the full stop.
            self.parts[-1:] = [part.rstrip(" \N{NO-BREAK SPACE}") for part in self.parts[-1:]]
        elif tag not in _WITHIN:
            self.parts.append("\n")
