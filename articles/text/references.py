"""References: CSL-JSON items checked, compared and set in the NLM (Vancouver) style.

Items come from files and forms, so nothing about their shape is taken for granted.
"""

import html
import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote, unquote

from .parsing import KEY

Item = Mapping[str, Any]
KINDS = RESEARCH, GUIDELINE, LABEL, OTHER = ("research", "guideline", "label", "other")
AUTHORS_SHOWN = 6
# Identifiers, as parts of regular expressions: the importers look for them inside lines.
DOI_BEGINS = r"10\.[0-9]{4,9}/"
DOI_LIKE = r"10\.[^\s/]+/[^\s\x00-\x1f\x7f-\x9f]+"
PMID = r"[1-9][0-9]{0,7}"
PMCID = r"PMC[1-9][0-9]{0,8}"
_DOI_PREFIX = re.compile(r"^(?:https?://(?:dx\.)?doi\.org/|doi:\s*)", re.IGNORECASE)
_DOI = re.compile(rf"{DOI_BEGINS}[-._;()/:A-Z0-9]+", re.IGNORECASE)
_YEAR = re.compile(r"\b(1[5-9]\d\d|20\d\d)\b")
_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,200}>")
_PARAGRAPH = re.compile(r"</(?:jats:)?(?:p|title|sec)>", re.IGNORECASE)
_STUDIES = {"", "article", "article-journal", "paper-conference", "thesis", "dataset", "review"}


def key_of(item: Item) -> str:
    """The citation key, as text; empty if there is none."""
    return _text(item, "id")


def kind_of(item: Item) -> str:
    """research, guideline, label or other: as the editor set it, else as the item's own type suggests."""
    custom = item.get("custom")
    chosen = str(custom.get("kind", "")).lower() if isinstance(custom, Mapping) else ""
    return chosen if chosen in KINDS else likely_kind(item)


def likely_kind(item: Item) -> str:
    """`guideline` where the item's genre says so, `research` for what studies are published as, else `other`."""
    if GUIDELINE in f"{_text(item, 'genre')} {_text(item, 'publication-type')}".lower():
        return GUIDELINE
    return RESEARCH if _text(item, "type") in _STUDIES else OTHER


def without_resolver(doi: str) -> str:
    """A DOI without the address or the word before it."""
    return _DOI_PREFIX.sub("", doi)


def doi_of(item: Item) -> str:
    """The DOI without resolver or prefix, as written; empty if there is none or it cannot be one."""
    raw = without_resolver(_text(item, "DOI"))
    if "%" in raw:
        raw = unquote(raw)
    return raw if re.fullmatch(DOI_LIKE, raw) else ""


def pmid_of(item: Item) -> str:
    """The PubMed number; empty if there is none or it is none."""
    raw = (_text(item, "PMID") or _text(item, "pmid")).removeprefix("PMID:").strip()
    return raw if re.fullmatch(PMID, raw) else ""


def pmcid_of(item: Item) -> str:
    """The PubMed Central number, `PMC…`; empty if there is none or it is none."""
    raw = (_text(item, "PMCID") or _text(item, "pmcid")).upper()
    return raw if re.fullmatch(PMCID, raw) else ""


def url_of(item: Item) -> str:
    """The address of the source if it is an https one, else empty."""
    raw = _text(item, "URL")
    return raw if re.fullmatch(r"https://[^\s\"'<>\\\x00-\x1f\x7f]+", raw, re.IGNORECASE) else ""


def year_of(item: Item) -> str:
    """The year of publication as four digits; empty if it is not known."""
    issued = item.get("issued")
    if isinstance(issued, Mapping):
        parts = issued.get("date-parts")
        first = parts[0] if isinstance(parts, list) and parts else None
        issued = first[0] if isinstance(first, list) and first else issued.get("raw") or issued.get("literal")
    found = _YEAR.search(str(issued)) if isinstance(issued, str | int) else None
    return found[0] if found else ""


def title_of(item: Item) -> str:
    """The title without a full stop at its end."""
    return re.sub(r"(?<!\.)\.$", "", _text(item, "title"))


def container_of(item: Item) -> str:
    """The journal (its short title where known), book, or issuer."""
    names = ("container-title-short", "journalAbbreviation", "container-title", "publisher")
    return next((found for name in names if (found := _text(item, name))), "")


def authors_of(item: Item) -> str:
    """Up to six names as "Deen J, Schaider H", then "et al."; editors where there are no authors."""
    names = _names(item, "author")
    role = "" if names else ", editors"
    names = names or _names(item, "editor")
    if not names:
        return ""
    shown = ", ".join(names[:AUTHORS_SHOWN])
    return (f"{shown}, et al." if len(names) > AUTHORS_SHOWN else shown) + role


def details_of(item: Item) -> str:
    """Volume, issue and pages: "37(5):346-359"."""
    volume, issue, pages = _text(item, "volume"), _text(item, "issue"), _text(item, "page") or _text(item, "number")
    head = f"{volume}({issue})" if issue else volume
    return f"{head}:{pages}" if head and pages else head or pages


def abstract_of(item: Item) -> str:
    """The abstract as plain text, its paragraphs apart; without the tags that registers send along. Empty if none."""
    raw = item.get("abstract")
    text = _PARAGRAPH.sub("\n\n", raw.encode("utf-8", "replace").decode()) if isinstance(raw, str) else ""
    lines = html.unescape(_TAG.sub("", text)).split("\n\n")
    return "\n\n".join(folded for line in lines if (folded := " ".join(line.split())))


def is_retracted(item: Item) -> bool:
    """Is the work marked as retracted, by a check or by its own title?"""
    custom = item.get("custom")
    marked = isinstance(custom, Mapping) and custom.get("retracted") is True
    return marked or bool(re.match(r"\W*retracted\b(?:\s+article)?\W*:", _text(item, "title"), re.IGNORECASE))


def parts(item: Item) -> dict[str, Any]:
    """What a page shows of a reference: texts, and links that are safe to follow."""
    doi, pmid, pmcid = doi_of(item), pmid_of(item), pmcid_of(item)
    archive = f"https://pmc.ncbi.nlm.nih.gov/articles/{pmcid}/" if pmcid else ""
    return {
        "key": key_of(item),
        "kind": kind_of(item),
        "authors": authors_of(item),
        "title": title_of(item),
        "container": container_of(item),
        "year": year_of(item),
        "details": details_of(item),
        "doi_url": f"https://doi.org/{quote(doi, safe='/:;()-._')}" if doi else "",
        "pmid_url": f"https://pubmed.ncbi.nlm.nih.gov/{pmid}/" if pmid else "",
        "url": url_of(item) or archive,
        "retracted": is_retracted(item),
    }


def vancouver(item: Item) -> str:
    """One line: "Deen J, Schaider H. Title. Journal. 2019;60(1):1-9. doi:10.1000/x"."""
    shown = parts(item)
    when = shown["year"] + (";" if shown["year"] and shown["details"] else "") + shown["details"]
    doi = doi_of(item)
    texts = [str(shown[name]) for name in ("authors", "title", "container")] + [when]
    line = " ".join(text if text.endswith((".", "?", "!")) else f"{text}." for text in texts if text)
    return f"{line} doi:{doi}" if doi else line


def problems(item: Item) -> list[str]:
    """What makes a reference unusable: each a sentence. Empty if nothing does."""
    if not isinstance(item, Mapping):
        return ["This reference is not a CSL-JSON object; enter it again."]
    found = []
    if not key_of(item):
        found.append("This reference has no citation key (its “id”); give it one.")
    elif not re.fullmatch(KEY, key_of(item)):
        found.append(
            f"The key “{key_of(item)}” cannot be cited: begin with a letter, then letters, digits and _ : . - only."
        )
    if not title_of(item):
        found.append(f"Reference {_named(item)} has no title; add it.")
    return found


def doubts(item: Item) -> list[str]:
    """What is missing or odd in a usable reference: each a sentence, the locator (R67) apart."""
    name = _named(item)
    found = [] if year_of(item) else [f"Reference {name} has no year of publication; add it if it is known."]
    if not container_of(item):
        found.append(f"Reference {name} names no journal, book or issuer; add it.")
    if not _text(item, "DOI"):
        pass
    elif not doi_of(item) or not _DOI.fullmatch(doi_of(item)):
        found.append(f"The DOI of reference {name} looks wrong: “{_text(item, 'DOI')}”. Compare it with the source.")
    if (_text(item, "PMID") or _text(item, "pmid")) and not pmid_of(item):
        found.append(f"The PMID of reference {name} is not one: it has one to eight digits and no leading zero.")
    if (_text(item, "PMCID") or _text(item, "pmcid")) and not pmcid_of(item):
        found.append(f"The PMCID of reference {name} is not one: it is “PMC” and up to nine digits.")
    if _text(item, "URL") and not url_of(item):
        found.append(f"The address of reference {name} is not shown to readers: it has to begin with https://.")
    return found


def has_locator(item: Item) -> bool:
    """Does a DOI, PMID, PMCID or address say where the source is found?"""
    return bool(doi_of(item) or pmid_of(item) or pmcid_of(item) or url_of(item))


def duplicates(items: Sequence[Item]) -> list[tuple[str, str, str]]:
    """Pairs of references that seem to be one work: the two keys, and what they share (DOI, PMID, title and year)."""
    seen: dict[tuple[str, str], str] = {}
    found: list[tuple[str, str, str]] = []
    for item in items:
        marks = _marks(item)
        twin = next(((seen[mark], mark[0]) for mark in marks if mark in seen), None)
        if twin:
            found.append((twin[0], key_of(item), twin[1]))
        for mark in marks:
            seen.setdefault(mark, key_of(item))
    return found


def _marks(item: Item) -> list[tuple[str, str]]:
    title = re.sub(r"\W+", " ", title_of(item).lower()).strip()
    marks = [("DOI", doi_of(item).lower()), ("PMID", pmid_of(item))]
    marks += [("title and year", f"{title} {year_of(item)}" if title else "")]
    return [mark for mark in marks if mark[1]]


def _named(item: Item) -> str:
    return f"“{key_of(item)}”" if key_of(item) else "without a key"


def _text(item: Item, name: str) -> str:
    """A field as one line of text, whatever it holds."""
    value = item.get(name)
    if isinstance(value, list):
        value = value[0] if value else ""
    if not isinstance(value, str | int) or isinstance(value, bool):
        return ""
    # JSON can hold half a character (a lone surrogate), which no page and no database can.
    return " ".join(str(value).encode("utf-8", "replace").decode().split())


def _names(item: Item, role: str) -> list[str]:
    people = item.get(role)
    return [name for person in people if (name := _name(person))] if isinstance(people, list) else []


def _name(person: Any) -> str:
    if not isinstance(person, Mapping):
        return _text({"name": person}, "name")
    family = _text(person, "family")
    if not family:
        return _text(person, "literal") or _text(person, "given")
    particles = [_text(person, "dropping-particle"), _text(person, "non-dropping-particle")]
    named = " ".join(part for part in (*particles, family) if part)
    tail = " ".join(part for part in (_initials(_text(person, "given")), _text(person, "suffix")) if part)
    return f"{named} {tail}".strip()


def _initials(given: str) -> str:
    """ "Jean-Pierre M." as "JPM"; "JP" stays."""
    if given.isupper() and given.isalpha() and len(given) <= 3:
        return given
    return "".join(word[0].upper() for word in re.split(r"[\s.\-‐]+", given) if word and word[0].isalpha())
