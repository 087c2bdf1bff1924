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
    rule = signoffs[-1].rule
    return (
        len({signoff.signer_id for signoff in signoffs}) >= int(rule["signatures"])
        and len({signoff.specialties[0] for signoff in signoffs}) >= int(rule["specialties"])
        and any(rule["main_specialty"] in signoff.specialties for signoff in signoffs)
    )


def counted(version_id: int) -> tuple[list[SignOff], list[SignOff]]:
    """The newest of the sets that alone met their rule, one after another, and the approvals given since then."""
    met: list[SignOff] = []
    since: list[SignOff] = []
    rows = SignOff.objects.standing().filter(version_id=version_id, meaning=Meaning.APPROVAL)
    for signoff in rows.select_related("version", "signer__board_record").order_by("id"):
        since.append(signoff)
        if meet_their_rule(since):
            met, since = since, []
    return met, since


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
        "people": [signoff.for_readers() for signoff in [*signoffs, *_corrections(approved, version)]],
        "documents": signoffs[-1].documents,
        **(began or {name: kept.get(name) for name in ("submitted_on", "review_started_on")}),
    }
    signed_on = timezone.localdate(signoffs[-1].signed_at)
    due = months_later(signed_on, min(int(signoff.rule["months"]) for signoff in signoffs))
    return Approval(version.pk, signed_on, due, snapshot)


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
