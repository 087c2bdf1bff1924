"""Writing: how an article begins, and every change an editor makes to its open version. No HTTP.

Each function takes the article's lock first. `base` is the fingerprint of the text that the editor had on screen;
another save since then raises `Stale` and writes nothing.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import IntegrityError, transaction

from articles.importing.imported import Imported, ImportRefused, slug_from
from articles.text.citations import match_numbers, numbers_in
from articles.text.content import AI_DRAFTED, AI_LEVELS, CONTENT_FIELDS, NO_AI, Content
from oracle.audit.history import record
from oracle.refusals import NotAllowed, Refusal, Stale, typed

from . import permissions
from .models import Article, Risk, Specialty, State, Version
from .models.version import overwrite
from .reference_list import Change, joined, quick_fix, without_number

if TYPE_CHECKING:
    from oracle.accounts.models import User

TEXTS = ("direct_answer", "professional", "plain")
TRIES = 5


@dataclass(frozen=True)
class ImportOutcome:
    """What became of a draft that was imported: a new article, or the one that holds the same draft already.

    `notes` are sentences on what was done, dropped or guessed.
    """

    article: Article
    created: bool
    notes: list[str] = field(default_factory=list)


# How an article begins.


def create(
    content: Content,
    *,
    by: "User",
    event: str = "article.create",
    slug: str = "",
    specialties: Iterable[str] = (),
    risk: str = "",
    proposals: Mapping[str, Any] | None = None,
) -> Article:
    """A new draft with version 1, written by `by`. Without `slug` the address is made from the question.

    Raises `NotAllowed` for a person who is no editor, `Refusal` for an address that is taken.
    """
    if not permissions.can_edit(None, by):
        raise NotAllowed("Only an editor may begin an article.")
    for attempt in range(1, TRIES + 1):
        address = slug or free_address(address_for(content))
        try:
            with transaction.atomic():
                article = Article(slug=address, specialties=list(specialties), risk=risk)
                return _begin(article, content, by=by, event=event, proposals=proposals)
        except IntegrityError:
            if slug or attempt == TRIES:
                raise Refusal(f"The address “{address}” is taken by another article; choose another.") from None
    raise AssertionError("unreachable")


def _begin(
    article: Article, content: Content, *, by: "User", event: str, proposals: Mapping[str, Any] | None
) -> Article:
    record(article, by=by, event=event)
    version = Version(article=article, number=1, proposals=dict(proposals or {}))
    version.set_content(content)
    article.current_version = record(version, by=by, event=event)
    return record(article, by=by, event=event)


def address_for(content: Content) -> str:
    """The address that a text's question gives it; the same text always has the same one."""
    made = slug_from(content.question or content.title)
    return made or f"question-{hashlib.sha256(content.canonical_bytes()).hexdigest()[:8]}"


def free_address(wanted: str) -> str:
    """`wanted`, or with the first number behind it that no article has."""
    taken = set(Article.objects.filter(slug__startswith=wanted).values_list("slug", flat=True))
    number = 2
    address = wanted
    while address in taken:
        address = f"{wanted}-{number}"
        number += 1
    return address


def import_draft(imported: Imported, *, by: "User") -> ImportOutcome:
    """Make an article of an imported draft; the same draft again changes nothing.

    Who checked the text is never taken over: only an editor here says so, before *Send to the board*.

    Raises `ImportRefused` when there is no text, when the address holds another draft (nothing is overwritten), or
    when a specialty is unknown.
    """
    imported = _unconfirmed(imported)
    if not any(getattr(imported.content, name) for name in (*TEXTS, "question", "title", "references")):
        raise ImportRefused("There is no text in this draft. Paste or upload the answer, with its reference list.")
    unknown = _unknown_specialties(imported.specialties)
    if unknown:
        known = ", ".join(Specialty.objects.values_list("slug", flat=True))
        raise ImportRefused(f"“{unknown[0]}” is no specialty of this site. It has: {known}.")
    slug = imported.slug or address_for(imported.content)
    article = Article.objects.filter(slug=slug).first()
    if article is None:
        return ImportOutcome(_create_imported(imported, slug, by), created=True, notes=imported.notes)
    if _as_begun(article) != _as_read(imported):
        raise ImportRefused(
            f"The article “{slug}” exists already, with another text. Nothing was overwritten: edit that article, "
            "or give this draft an address (slug) of its own."
        )
    return ImportOutcome(article, created=False, notes=imported.notes)


def _unconfirmed(imported: Imported) -> Imported:
    named = imported.content.ai_use.get("checked_by", "")
    if not named:
        return imported
    ai_use = {name: value for name, value in imported.content.ai_use.items() if name != "checked_by"}
    note = f"“checked_by: {named[:80]}” was dropped: the editor who sends this text to the board confirms it here."
    return replace(imported, content=replace(imported.content, ai_use=ai_use), notes=[*imported.notes, note])


def _create_imported(imported: Imported, slug: str, by: "User") -> Article:
    return create(
        imported.content,
        by=by,
        event="article.import",
        slug=slug,
        specialties=imported.specialties,
        risk=imported.risk,
        proposals=imported.proposals,
    )


def _as_read(imported: Imported) -> tuple[Any, ...]:
    version = Version(proposals=imported.proposals)
    version.set_content(imported.content)
    return version.content, version.proposals, imported.specialties, imported.risk


def _as_begun(article: Article) -> tuple[Any, ...]:
    """What the article's first history rows tell: the draft as it came, whatever was made of it since."""
    text = Version.history.filter(article_id=article.pk, number=1).earliest("history_id")
    row = article.history.earliest("history_id")
    content = Content(**{name: getattr(text, name) for name in CONTENT_FIELDS})
    return content, text.proposals, row.specialties, row.risk


def _unknown_specialties(named: Iterable[str]) -> list[str]:
    known = set(Specialty.objects.values_list("slug", flat=True))
    return [name for name in named if name not in known]


# Changes of the open version.


def save(article: Article, *, by: "User", base: str, content: Content, event: str = "version.save") -> Version:
    """Save the text; a proposal whose number is no longer in it goes with it."""
    with transaction.atomic():
        return _save(article.lock().open_version(by), by=by, base=base, content=content, event=event)


def _save(version: Version, *, by: "User", base: str, content: Content, event: str) -> Version:
    left = used_numbers(content)
    proposals = {number: value for number, value in version.proposals.items() if int(number) in left}
    return overwrite(version, by=by, base=base, content=content, event=event, proposals=proposals)


def change(article: Article, alter: Change, *, by: "User", base: str, event: str) -> Version:
    """Save what `alter` makes of the text; it raises `Refusal` when it cannot."""
    with transaction.atomic():
        version = article.lock().open_version(by)
        if version.fingerprint != base:
            raise Stale("Somebody else saved this text after you opened this page. Nothing was changed; look again.")
        return _save(version, by=by, base=base, content=alter(version.content), event=event)


def used_numbers(content: Content) -> set[int]:
    """The citation numbers that the texts still have."""
    return {number for name in TEXTS for number in numbers_in(getattr(content, name))}


def confirm_number(article: Article, number: int, key: str, *, by: "User", base: str) -> Version:
    """Say that citation `number` means reference `key`: every `[number]` becomes `[@key]`."""
    return confirm_numbers(article, {number: key}, by=by, base=base)


def confirm_numbers(article: Article, keys: Mapping[int, str], *, by: "User", base: str) -> Version:
    """Say what several citation numbers mean, all or none; numbers that `keys` does not have stay open."""

    def alter(content: Content) -> Content:
        used, known = used_numbers(content), keys_of(content)
        for number, key in keys.items():
            if number not in used:
                raise Refusal(f"The text has no number [{number}] any more; look at the list again.")
            if key not in known:
                raise Refusal(f"Choose the reference that [{number}] stands for.")
        return in_texts(content, lambda text: joined(match_numbers(text, keys)))

    return change(article, alter, by=by, base=base, event="version.match")


def drop_number(article: Article, number: int, *, by: "User", base: str) -> Version:
    """Take citation `number` out of the text, because no reference stands for it; the sentences stay."""

    def alter(content: Content) -> Content:
        if number not in used_numbers(content):
            raise Refusal(f"The text has no number [{number}] any more; look at the list again.")
        return in_texts(content, lambda text: without_number(text, number))

    return change(article, alter, by=by, base=base, event="version.drop_number")


def apply_fix(article: Article, fix: str, *, by: "User", base: str) -> Version:
    """Do a check's quick fix, named as in `Finding.fix`."""
    return change(article, quick_fix(fix), by=by, base=base, event="version.fix")


def in_texts(content: Content, alter: Callable[[str], str]) -> Content:
    """The content with `alter` done to each of its texts."""
    changed: dict[str, Any] = {name: alter(getattr(content, name)) for name in TEXTS}
    return replace(content, **changed)


def keys_of(content: Content) -> list[str]:
    """The keys of the references, in the list's order."""
    return [str(item["id"]) for item in content.references]


# What the article row says of the text.


def set_classification(
    article: Article, *, specialties: Iterable[str], risk: str, by: "User", reason: str = "", seen: str = ""
) -> Article:
    """Say whose field the question is (the main specialty first) and how much harm a wrong answer could do.

    An editor may until the article is sent to the board; afterwards an editor only raises the risk, and the chair
    changes both, lowering the risk with a reason. Signatures keep the rule of the risk at their own moment.
    `seen` is the `classification` that was on screen; without it the present one counts.
    """
    with transaction.atomic():
        article = article.lock()
        if seen and seen != classification(article):
            raise Stale(
                "Somebody else set risk or specialties after you opened this page. Look at them, then set yours."
            )
        chosen = list(dict.fromkeys(specialties))
        _check_classification(article, chosen, risk, by)
        if _lowers(article, risk):
            reason = typed(reason, "Say why the risk is lowered; it decides how many signatures are needed.")
        article.specialties, article.risk = chosen, risk
        return record(article, by=by, event="article.classify", reason=reason.strip())


def classification(article: Article) -> str:
    """Risk and specialties as they are, in one word for a form to come back with."""
    return "/".join([article.risk or "none", *article.specialties])


def _lowers(article: Article, risk: str) -> bool:
    """Would `risk` be lower than what the board was told?"""
    return bool(article.submitted_on and article.risk == Risk.HIGH and risk != Risk.HIGH)


def _check_classification(article: Article, chosen: list[str], risk: str, by: "User") -> None:
    chair = permissions.can_chair(article, by)
    if not (chair or permissions.can_edit(article, by)):
        raise NotAllowed("Only an editor or the chair may set specialties and risk.")
    if article.state == State.WITHDRAWN:
        raise Refusal("This article is withdrawn; reinstate it first.")
    if _unknown_specialties(chosen) or risk not in ("", *Risk.values):
        raise Refusal("Choose the specialties and the risk from the lists.")
    if article.submitted_on and not (chosen and risk):
        raise Refusal("An article that was sent to the board keeps at least one specialty and a risk.")
    if chair and _lowers(article, risk) and by.pk in article.contributor_ids():
        raise NotAllowed("You contributed to this text; another chair must decide whether its risk is lowered.")
    if chair:
        return
    if _lowers(article, risk):
        raise NotAllowed("Only the chair may lower the risk of an article that was sent to the board.")
    if not permissions.can_set_specialties(article, by) and chosen != article.specialties:
        raise NotAllowed("Only the chair may change the specialties of an article that was sent to the board.")


def confirm_for_submit(
    article: Article,
    *,
    by: "User",
    ai_use: Mapping[str, str],
    funding: str,
    change_note: str = "",
    raised: bool = False,
    base: str = "",
) -> Version:
    """Keep what the editor confirms before *Send to the board*; the person who confirms checked the text.

    `ai_use` has `level` and, unless that is none, `tool` and `purpose`; `raised` treats a typographic change as one of
    content, and is not taken back by leaving it out later. Without `base` the text as it is now counts.
    """
    level = ai_use.get("level", "")
    if level not in AI_LEVELS:
        raise Refusal("Say how AI was used: not at all, as a help, or to draft the text.")
    if level != NO_AI and not ai_use.get("tool", "").strip():
        raise Refusal("Name the AI tool that was used, with its version if you know it.")
    if not funding.strip():
        raise Refusal("Say who paid for this work; “none” is an answer.")
    details = {name: "" if level == NO_AI else ai_use.get(name, "").strip() for name in ("tool", "purpose")}
    confirmed = {"level": level, **details, "checked_by": by.name}
    with transaction.atomic():
        version = article.lock().open_version(by)
        content = replace(version.content, ai_use=confirmed, funding=funding.strip())
        return overwrite(
            version,
            by=by,
            base=base or version.fingerprint,
            content=content,
            event="version.confirm",
            change_note=change_note.strip(),
            raised=raised or version.raised,
        )


def disclosures(version: Version) -> dict[str, str]:
    """What the submit form is filled with: the text's own disclosures, else the house's defaults."""
    level = version.ai_use.get("level") or (AI_DRAFTED if _was_imported(version) else NO_AI)
    return {
        "level": level,
        "tool": version.ai_use.get("tool", ""),
        "purpose": version.ai_use.get("purpose", ""),
        "funding": version.funding or settings.FUNDING_DEFAULT,
    }


def _was_imported(version: Version) -> bool:
    return bool(version.article.history.filter(history_event="article.import").exists())
