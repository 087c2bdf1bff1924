"""Markdown to the HTML that readers get: safe by construction, and once more by an allow-list."""

import re
from collections import Counter, defaultdict, deque
from collections.abc import Mapping, MutableMapping, Sequence
from typing import Any

import nh3
from markdown_it.common.utils import escapeHtml
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

from .abbreviations import expand
from .claims import ANSWER, Claim
from .parsing import OPTIONS
from .sentences import readable
from .units import Reading, read, whole

HEADINGS = ("h2", "h3", "h4", "h5", "h6")
TAGS = {*HEADINGS, "p", "ul", "ol", "li", "strong", "em", "a", "sup", "code", "pre", "blockquote", "hr", "br"}
TAGS |= {"table", "thead", "tbody", "tr", "th", "td", "span", "div"}
ATTRIBUTES: dict[str, set[str]] = {
    "a": {"href", "id", "aria-label", "rel"},
    "ol": {"start"},
    "th": {"scope"},
    "div": {"role", "tabindex", "aria-label", "id", "data-claim"},
    **{tag: {"id"} for tag in HEADINGS},
    **{tag: {"id", "data-claim"} for tag in ("span", "tr", "code")},
}
CLASSES = {
    "sup": {"cite", "cite-missing"},
    "div": {"table-scroll", "claim"},
    **{tag: {"claim"} for tag in ("span", "tr", "code")},
    **{tag: {"align-left", "align-center", "align-right"} for tag in ("th", "td")},
}
NO_BREAK = "\N{NO-BREAK SPACE}"
_CLEANER = nh3.Cleaner(
    tags=TAGS, attributes=ATTRIBUTES, allowed_classes=CLASSES, url_schemes={"https", "mailto"}, link_rel=None
)


def render(
    text: str,
    *,
    numbers: Mapping[str, int],
    labels: Mapping[str, str],
    prefix: str = "",
    abbreviations: Mapping[str, str] | None = None,
    mark_claims: Sequence[Claim] = (),
    uses: MutableMapping[int, int] | None = None,
) -> str:
    """Safe HTML of a wording, its headings from h2 on.

    `numbers` and `labels` give each citation key its number and its reference's title; a key without a number shows as
    `[@key]`. `prefix` goes before every id and every link to one, for two texts on one page. `mark_claims` are claims
    of this wording, each then an element with the class `claim` and the id `claim-ID`. `uses` counts the citations of
    each reference (for the ids `cite-3-1`, `cite-3-2`) and goes from one call to the next for texts of one page.
    """
    reading = read(text)
    _mark(reading, mark_claims, prefix)
    expand(reading.tokens, abbreviations or {})
    _shape(reading.tokens, prefix)
    renderer = _Renderer(numbers, labels, prefix, Counter() if uses is None else uses)
    html = str(renderer.render(reading.tokens, OPTIONS, {}))
    return _CLEANER.clean(_answer(reading, html, mark_claims, prefix))


def _before_citation(tokens: Sequence[Token], idx: int) -> bool:
    return idx + 1 < len(tokens) and tokens[idx + 1].type == "citation"


class _Renderer(RendererHTML):
    """markdown-it's own renderer, with citations, claims and tables."""

    def __init__(
        self, numbers: Mapping[str, int], labels: Mapping[str, str], prefix: str, uses: MutableMapping[int, int]
    ) -> None:
        super().__init__()
        self.numbers, self.labels, self.prefix, self.uses = numbers, labels, prefix, uses
        self.tables = 0

    def text(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        """A text; the space before a citation is one that no line breaks at."""
        shown = super().text(tokens, idx, options, env)
        return shown[:-1] + NO_BREAK if shown.endswith(" ") and _before_citation(tokens, idx) else shown

    def softbreak(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        """The end of a line of the source; before a citation, the same space."""
        return NO_BREAK if _before_citation(tokens, idx) else super().softbreak(tokens, idx, options, env)

    def citation(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        """`[@a; @b]` as links to the list of references."""
        return "".join(self._cite(key) for key in tokens[idx].meta["keys"])

    def _cite(self, key: str) -> str:
        number = self.numbers.get(key)
        if number is None:
            return f'<sup class="cite-missing">[@{escapeHtml(key)}]</sup>'
        self.uses[number] = use = self.uses.get(number, 0) + 1
        name = escapeHtml(f"Reference {number}: {self.labels.get(key) or key}")
        href, own = f"#{self.prefix}ref-{number}", f"{self.prefix}cite-{number}-{use}"
        return f'<sup class="cite"><a href="{href}" id="{own}" aria-label="{name}">[{number}]</a></sup>'

    def number(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        """An unmatched number, as it was typed."""
        return str(escapeHtml(tokens[idx].content))

    def claim_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        """The beginning of a sentence; shows only where the sentence is a marked claim."""
        own = tokens[idx].meta.get("claim")
        return f'<span class="claim" id="{self.prefix}claim-{own}" data-claim="{own}">' if own else ""

    def claim_close(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        """The end of a sentence."""
        return "</span>" if tokens[idx].meta.get("claim") else ""

    def table_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        """A table in a box of its own, which a narrow screen scrolls and a keyboard reaches."""
        self.tables += 1
        return f'<div class="table-scroll" role="group" tabindex="0" aria-label="Table {self.tables}"><table>\n'

    def table_close(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        """The end of a table and of its box."""
        return "</table></div>\n"


def _mark(reading: Reading, marked: Sequence[Claim], prefix: str) -> None:
    """Note each claim's id at its unit; the same sentence twice takes the claims in their order."""
    waiting: dict[Any, deque[str]] = defaultdict(deque)
    for claim in marked:
        if claim.wording != ANSWER:
            waiting[(claim.text, tuple(sorted(claim.keys)), claim.path)].append(claim.id)
    for unit in reading.units:
        found = waiting.get((unit.text, tuple(sorted(unit.keys)), unit.path))
        if found and unit.token.type == "claim_open":
            unit.token.meta["claim"] = found.popleft()
        elif found:
            own = found.popleft()
            unit.token.attrs |= {"class": "claim", "id": f"{prefix}claim-{own}", "data-claim": own}


def _answer(reading: Reading, html: str, marked: Sequence[Claim], prefix: str) -> str:
    """A direct answer is one claim, paragraphs and all."""
    unit = whole(reading)
    own = next((claim.id for claim in marked if claim.wording == ANSWER and unit and claim.text == unit.text), None)
    return f'<div class="claim" id="{prefix}claim-{own}" data-claim="{own}">{html}</div>' if own else html


def _shape(tokens: list[Token], prefix: str) -> None:
    """Headings nested from h2 with ids, columns aligned by class, links that give nothing away."""
    levels: list[int] = []
    taken: Counter[str] = Counter()
    for place, token in enumerate(tokens):
        if token.type == "heading_open":
            level = int(token.tag[1])
            levels = [above for above in levels if above < level] + [level]
            token.tag = tokens[place + 2].tag = HEADINGS[min(len(levels), len(HEADINGS)) - 1]
            token.attrs["id"] = _heading_id(tokens[place + 1], taken, prefix)
        elif token.type in {"th_open", "td_open"}:
            align = str(token.attrs.pop("style", "")).removeprefix("text-align:")
            token.attrs |= {"class": f"align-{align}"} if align else {}
            token.attrs |= {"scope": "col"} if token.type == "th_open" else {}
        for child in token.children or []:
            if child.type == "link_open":
                child.attrs = {"href": child.attrs["href"], "rel": "noopener noreferrer nofollow"}


def _heading_id(inline: Token, taken: Counter[str], prefix: str) -> str:
    text = readable("".join(child.content for child in inline.children or [] if child.type in {"text", "code_inline"}))
    slug = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:60] or "part"
    taken[slug] += 1
    own = slug if taken[slug] == 1 else f"{slug}--{taken[slug]}"
    return f"{prefix}section-{own}"
