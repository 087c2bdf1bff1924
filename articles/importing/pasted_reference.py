"""One item of a pasted reference list: kind, authors, title, journal, year and what identifies it."""

# ruff: noqa: SIM905 - words read better as words than as a list of strings

import re
from typing import Any

from articles.text.references import DOI_BEGINS, GUIDELINE, LABEL, OTHER, PMCID, PMID, RESEARCH

from .csl_fields import Item, likely_type
from .names import vancouver

KIND_WORDS = {
    RESEARCH: "research|study|trial|clinical trial|review|systematic review|meta-analysis|case report|case series"
    "|cohort study|journal article|original research|article",
    GUIDELINE: "guideline|guidelines|practice guideline|clinical guideline|consensus|consensus statement",
    LABEL: "label|drug label|prescribing information|product information|package insert|smpc|spc",
    OTHER: "other|website|web page|webpage|web|book|textbook|report|news",
}
_ANY_KIND = "|".join(KIND_WORDS.values())
KIND_LINE = re.compile(rf"(?i)[*_\[(]*({_ANY_KIND})[*_\])]*:?[*_]*")
_KIND_BEFORE = re.compile(rf"(?i)(?:[*_\[(]+({_ANY_KIND})[*_\])]+\s*[:–—-]?|({_ANY_KIND})\s*(?::|\s[–—-]\s))\s*(\S.*)")
_YEAR = r"(?<![0-9])(?:19|20)[0-9]{2}(?![0-9])"
_DETAILS = re.compile(
    rf"""(?x)(?P<journal>.*?)[\s,.;(]*(?P<year>{_YEAR})\)?
    (?:\s(?:[A-Z][a-z]{{2}}\b\s?)(?:[0-9]{{1,2}}\b)?)?
    (?:[;,:\s]+(?P<volume>[0-9]{{1,4}})?\s?(?:\((?P<issue>[^()]{{1,20}})\))?
       (?:\s?[:,]\s?(?:pp?\.?\s?)?(?P<page>[A-Za-z]?[0-9]+(?:[-–][A-Za-z]?[0-9]+)?))?)?[\s.;,]*"""
)
_LINK = re.compile(r"\[([^\[\]]+)\]\((https?://[^\s()]+)\)")
_DOI = re.compile(rf"(?i)(?:https?://(?:dx\.)?doi\.org/|\bdoi:?\s*)?\b({DOI_BEGINS}[^\s<>\"]+)")
_PMID = re.compile(rf"\bPMID:?\s*({PMID})\b")
_PMCID = re.compile(rf"\b(?:PMCID:?\s*)?({PMCID})\b")
_URL = re.compile(r"https?://[^\s<>\"]+")
_LOCATORS = (("DOI", _DOI, 1), ("PMID", _PMID, 1), ("PMCID", _PMCID, 1), ("URL", _URL, 0))
_DASHES = re.compile(r"\s+(?:[–—|·]|--?)\s+")
_IGNORED = frozenset("doi pmid pmcid https http org dx www pp and".split())


def read_item(lines: list[str]) -> Item:
    """The item that these lines describe, without `id`; empty where there is no title."""
    item: dict[str, Any] = {}
    kind, rest = _named_kind([" ".join(_LINK.sub(r"\1 \2", line).split()) for line in lines])
    texts = [text for text in (_without_locators(line, item) for line in rest) if text]
    if len(texts) > 1:
        _from_lines(texts, item)
    elif texts:
        _from_one_line(texts[0], item)
    elif "URL" in item:
        item["title"] = item["URL"]
    if not item.get("title"):
        return {}
    item["type"] = likely_type(item)
    item["custom"] = {"kind": kind}
    return item


def names_kind(lines: list[str]) -> bool:
    """Does the first line say of what kind the item is?"""
    return bool(KIND_LINE.fullmatch(lines[0]) or _KIND_BEFORE.fullmatch(lines[0]))


def has_year(text: str) -> bool:
    """Does the line name a year?"""
    return re.search(_YEAR, text) is not None


def is_locator(text: str) -> bool:
    """Is there nothing on the line but a DOI, PMID or address?"""
    return bool(text.strip()) and not _without_locators(text, {})


def values_of(item: Item) -> str:
    """Every text in the item, names of fields aside."""
    names = [" ".join(name.values()) for name in item.get("author", [])]
    texts = [value for key, value in item.items() if isinstance(value, str) and key != "type"]
    return " ".join([*texts, *names, item["custom"]["kind"]])


def words_of(text: str) -> list[str]:
    """The words that must not get lost; labels of identifiers aside."""
    return [word for word in re.findall(r"[^\W\d_]+", text.casefold()) if word not in _IGNORED]


def _named_kind(lines: list[str]) -> tuple[str, list[str]]:
    """The kind that the first line names, and the lines without it; research where none is named."""
    whole = KIND_LINE.fullmatch(lines[0])
    if whole:
        return _kind_of(whole[1]), lines[1:]
    before = _KIND_BEFORE.fullmatch(lines[0])
    if before:
        return _kind_of(before[1] or before[2]), [before[3], *lines[1:]]
    return "research", lines


def _kind_of(word: str) -> str:
    return next(kind for kind, names in KIND_WORDS.items() if word.lower() in names.split("|"))


def _without_locators(text: str, item: dict[str, Any]) -> str:
    """The line without its identifiers, which go into `item`; a second one of a sort stays in the text."""
    for name, pattern, group in _LOCATORS:
        match = pattern.search(text)
        if match and name not in item:
            value = _trimmed(match[group])
            item[name] = value
            end = match.start(group) + len(value)
            text = f"{text[: match.start()]} {text[end:]}"
    text = re.sub(r"(?i)\b(?:available (?:at|from)|url)\s*:?\s*$", "", text) if item else text
    return " ".join(text.split()).strip(" ,;()[]") if re.search(r"\w", text) else ""


def _trimmed(value: str) -> str:
    """Without the sentence's punctuation; a closing bracket stays where it was opened inside."""
    while value.endswith((".", ",", ";", ":")) or (value.endswith(")") and value.count(")") > value.count("(")):
        value = value[:-1]
    return value.rstrip("]")


def _from_lines(texts: list[str], item: dict[str, Any]) -> None:
    """Authors (if the first line is a list of names), title, and the journal with its year."""
    people = vancouver(texts[0]) if len(texts) > 2 else None
    if people:
        item["author"] = people
        texts = texts[1:]
    item["title"] = _title(texts[0])
    for text in texts[1:]:
        if not _details(text, item) and "container-title" not in item:
            item["container-title"] = text.rstrip(".,;")


def _from_one_line(text: str, item: dict[str, Any]) -> None:
    dashes = list(_DASHES.finditer(text))
    tail = text[dashes[-1].end() :] if dashes else ""
    if dashes and (has_year(tail) or len(dashes) == 1):
        item["title"] = _title(text[: dashes[-1].start()])
        if not _details(tail, item):
            item["container-title"] = tail.rstrip(".,;")
        return
    sentences = re.split(r"(?<=[.?!])\s+", text)
    people = vancouver(sentences[0]) if len(sentences) > 2 else None
    if people:
        item["author"] = people
        sentences = sentences[1:]
    title, sentences = sentences[0], sentences[1:]
    people = vancouver(sentences[0]) if len(sentences) > 1 and not people else None
    if people:
        item["author"] = people
        sentences = sentences[1:]
    item["title"] = _title(title)
    tail = " ".join(sentences)
    if not tail:
        _year_at_end(item)
    elif not _details(tail, item):
        item["container-title"] = tail.rstrip(".,;")


def _details(text: str, item: dict[str, Any]) -> bool:
    """Journal, year, volume, issue and pages, where the text is nothing else."""
    match = _DETAILS.fullmatch(text) if len(text) <= 1000 else None
    if not match or "issued" in item:
        return False
    item["issued"] = {"date-parts": [[int(match["year"])]]}
    journal = match["journal"].strip(" ,.;(")
    if journal:
        item["container-title"] = journal
    for name in ("volume", "issue", "page"):
        if match[name]:
            item[name] = match[name].replace("–", "-")
    return True


def _year_at_end(item: dict[str, Any]) -> None:
    """A single sentence: only a year in brackets or after a comma at its end is certain."""
    match = re.fullmatch(rf"(.*?\w)\s*(?:,|\()\s*({_YEAR})\)?", item["title"])
    if match:
        item["title"], item["issued"] = match[1], {"date-parts": [[int(match[2])]]}


def _title(text: str) -> str:
    text = text.strip().strip("*_").strip()
    quoted = re.fullmatch(r"[“\"«](.*)[”\"»][.,]?", text)
    return (quoted[1] if quoted else text).rstrip(",").removesuffix(".").strip()
