"""Which sign-offs count for a version: the sets that met their rule one after another, and what readers are told."""

import calendar
from collections.abc import Sequence
from datetime import date

from django.db import connection
from django.db.models import BigIntegerField, BooleanField, Case, F, Func, OuterRef, Subquery, When
from django.db.models.expressions import Combinable
from django.utils import timezone

from articles.models import Article, Version
from articles.models.life import Approval

from .models import Meaning, SignOff


def rule_is_met(version_id: int | None) -> bool:
    """Do unrevoked approvals on the exact hash meet the newest one's rule? PostgreSQL's own answer (G4)."""
    return _asked("reviews_rule_is_met", version_id)


def stands(version_id: int | None) -> bool:
    """The same, or an unrevoked correction on the exact hash names an earlier version for which that holds (G4)."""
    return _asked("reviews_stands", version_id)


def _asked(function: str, version_id: int | None) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}(%s)", [version_id])
        return bool(cursor.fetchone()[0])


def meet_their_rule(signoffs: Sequence[SignOff]) -> bool:
    """Do these approvals of one version alone meet the newest one's rule? The twin of PostgreSQL's function."""
    if not signoffs:
        return False
    rule = signoffs[-1].rule
    return (
        len({signoff.signer_id for signoff in signoffs}) >= int(rule["signatures"])
        and len({signoff.specialties[0] for signoff in signoffs}) >= int(rule["specialties"])
        and any(rule["main_specialty"] in signoff.specialties for signoff in signoffs)
    )


def counted(version_id: int) -> tuple[list[SignOff], list[SignOff]]:
    """The newest of the sets that alone met their rule, one after another, and the approvals given since then.

    Sets stay as they were formed. A revocation breaks one only where what is left of it no longer meets its rule; if
    it is the newest, what is left counts again with what was given since.
    """
    sets: list[list[SignOff]] = []
    since: list[SignOff] = []
    for signoff, is_revoked in _acts(version_id):
        added = [signoff]
        if is_revoked:
            sets = [[one for one in group if one != signoff] for group in sets]
            added, since = [one for one in since if one != signoff], []
            while sets and not meet_their_rule(sets[-1]):
                added = sets.pop() + added
        for one in added:
            since.append(one)
            if meet_their_rule(since):
                sets.append(since)
                since = []
    return (sets[-1] if sets else []), since


def _acts(version_id: int) -> list[tuple[SignOff, bool]]:
    """Every approval of a version and every revocation of one (True), in the order in which they came about."""
    rows = SignOff.objects.approvals().filter(version_id=version_id)
    given = list(rows.select_related("version", "signer__board_record", "revocation").order_by("id"))
    acts = [(one.signed_at, one.pk, one, False) for one in given]
    gone = [one for one in given if hasattr(one, "revocation")]
    acts += [(max(one.revocation.at, one.signed_at), one.pk, one, True) for one in gone]
    return [(one, is_revoked) for _, _, one, is_revoked in sorted(acts, key=lambda act: (act[0], act[3], act[1]))]


def approved_beneath(version: Version) -> Version | None:
    """The version whose approvals let this one stand: itself, or the one that its correction names."""
    if rule_is_met(version.pk):
        return version
    rows = SignOff.objects.standing().filter(version=version, meaning=Meaning.CORRECTION).select_related("corrects")
    named = (signoff.corrects for signoff in rows.order_by("-id"))
    return next((earlier for earlier in named if earlier and rule_is_met(earlier.pk)), None)


def beneath(standing: str) -> Combinable:
    """The id of what `approved_beneath`, its twin, finds for the version at the end of a path of query names."""
    rows = SignOff.objects.standing().filter(version=OuterRef(standing), meaning=Meaning.CORRECTION)
    named = rows.filter(_rule_met_by("corrects")).order_by("-id").values("corrects")[:1]
    return Case(When(_rule_met_by(standing), then=F(standing)), default=Subquery(named), output_field=BigIntegerField())


def _rule_met_by(version: str) -> Func:
    return Func(F(version), function="reviews_rule_is_met", output_field=BooleanField())


def approval_of(article: Article, version: Version, *, began: dict[str, str | None] | None = None) -> Approval:
    """What the sign-offs say of a version that stands by them; its date is that of the approvals, not of a correction.

    `began` is when a version approved just now was submitted and its review began (`submitted_on`,
    `review_started_on`, ISO 8601); of others the article's snapshot has it.
    """
    approved = version if began else approved_beneath(version) or version
    signoffs, _ = counted(approved.pk)
    kept = article.signatures
    snapshot = {
        "people": [signoff.for_readers() for signoff in [*_each_once(signoffs), *_corrections(approved, version)]],
        "documents": signoffs[-1].documents,
        **(began or {name: kept.get(name) for name in ("submitted_on", "review_started_on")}),
    }
    signed_on = timezone.localdate(signoffs[-1].signed_at)
    due = months_later(signed_on, min(int(signoff.rule["months"]) for signoff in signoffs))
    return Approval(version.pk, signed_on, due, snapshot)


def _each_once(signoffs: list[SignOff]) -> list[SignOff]:
    """The newest approval of each signer, oldest first: a set that was mended may have two of one person."""
    newest = {signoff.signer_id: signoff for signoff in signoffs}
    return [signoff for signoff in signoffs if newest[signoff.signer_id] == signoff]


def began(article: Article) -> dict[str, str | None]:
    """When the current version was submitted and its review began, for `approval_of`."""
    days = {"submitted_on": article.submitted_on, "review_started_on": article.review_started_on}
    return {name: day.isoformat() if day else None for name, day in days.items()}


def _corrections(approved: Version, version: Version) -> list[SignOff]:
    """The corrections that lead from an approved version to a later one, oldest first."""
    rows = SignOff.objects.standing().filter(corrects=approved, version__number__lte=version.number)
    return list(rows.select_related("version", "signer__board_record").order_by("id")) if approved != version else []


def months_later(day: date, months: int) -> date:
    """The same day `months` later, or that month's last day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
