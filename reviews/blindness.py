"""Who does not see the verdicts of others yet: at high risk each judges everything before reading what others found.

It holds for whoever may become one of its judges, until the article is approved: before taking it, in an open round
and between two; and for who reaffirms it, in their round. Verdicts and comments are those on all versions, so whoever
has rounds on two of them is blind in both until both are judged. The chair and auditors read everything, unless they
have an open round of their own. Objections that stand beside the editor's text are the editor's to read: a text is
open for writing only while nobody has a round on it.
"""

from collections.abc import Iterable, Mapping

from django.db.models import QuerySet

from articles.models import Article, Risk, Version
from oracle.accounts.models import User

from .judging import Judged, judge_all, left_for
from .models import Comment, Round

# The records that say or tell of a verdict.
ABOUT = ("claimcheck", "comment", "setaside", "signingfailure")
SETTLED = ("approved", "withdrawn")


def is_blind(article: Article, person: User, known: Mapping[int, list[Judged]] | None = None) -> bool:
    """May this person not see the verdicts of others on `article` yet?

    `known` has the statements of versions, by version id, where they are judged already (`judge_all`).
    """
    if article.risk != Risk.HIGH or not person.has_role("reviewer"):
        return False
    return any(
        left_for((known or {}).get(version.pk) or judge_all(version), person.pk)
        for version in _to_judge_first(article, person)
    )


def _to_judge_first(article: Article, person: User) -> list[Version]:
    """The versions of which a person judges everything before they read what others found."""
    held = set(_at_work(person).filter(article=article).values_list("version_id", flat=True))
    if article.state not in SETTLED and not person.has_role("chair", "auditor"):
        held.add(article.current_id)
    asked = {version.pk: version for version in (article.current_version, article.standing_version) if version}
    return [version for key, version in asked.items() if key in held]


def blind_to(person: User, article: int | None = None) -> set[int]:
    """The articles on which `is_blind`, among all those that a person has in review, or of one; `oracle.audit.veil`."""
    if not person.has_role("reviewer"):
        return set()
    mine = _at_work(person).values("article")
    asked = Article.objects.filter(pk=article) if article else Article.objects.filter(pk__in=mine)
    rows = asked.filter(risk=Risk.HIGH).select_related("current_version__article", "standing_version__article")
    return {row.pk for row in rows if is_blind(row, person)}


def shown_remarks(remarks: Iterable[Comment], person: User) -> list[Comment]:
    """The comments that one who is blind may read: their own, and those on the whole version."""
    return [remark for remark in remarks if remark.by_id == person.pk or not (remark.claim or remark.wording)]


def _at_work(person: User) -> QuerySet[Round]:
    return Round.objects.active().filter(review__reviewer=person)
