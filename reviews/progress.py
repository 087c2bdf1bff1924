"""How far reviewers are: how many statements their rounds have and how many are left, for many rounds in one statement.

The twin of `judging.judge_all` and `judging.left_for`, which read whole texts.
"""

from collections.abc import Iterable
from typing import Any

from django.db.models import JSONField, QuerySet
from django.db.models.expressions import RawSQL

from articles.models import Version
from articles.text.claims import sentences

from .models import Round

# Of a round: how many statements its version has, those added to it too, and how many of them its reviewer has not
# judged; then each that was added to an earlier version, and whether it is judged: only the text tells if it still has
# that sentence. A verdict that the chair set aside judges nothing, nor does one of who declared an interest.
COUNTED = """(SELECT jsonb_build_object(
   'statements', count(*) FILTER (WHERE NOT earlier),
   'left', count(*) FILTER (WHERE NOT earlier AND NOT judged),
   'earlier', coalesce(jsonb_agg(jsonb_build_array(id, judged)) FILTER (WHERE earlier), '[]'))
 FROM (SELECT listed.id, listed.earlier, coalesce((
     SELECT s.id IS NULL FROM reviews_claimcheck c LEFT JOIN reviews_setaside s ON s.verdict_id = c.id
     WHERE c.article_id = reviews_round.article_id AND c.claim = listed.id AND c.reviewer_id = r.reviewer_id
     AND (r.conflict <> 'declared' OR r.cleared_by_id IS NOT NULL)
     ORDER BY c.round_id DESC, c.id DESC LIMIT 1), false) AS judged
   FROM reviews_review r, (SELECT id, bool_and(earlier) AS earlier FROM (
     SELECT item ->> 'id' AS id, false AS earlier FROM articles_version v, jsonb_array_elements(v.claims) item
       WHERE v.id = reviews_round.version_id
     UNION ALL SELECT a.claim, a.version_id <> reviews_round.version_id FROM reviews_addedclaim a
       JOIN articles_version before ON before.id = a.version_id
       JOIN articles_version v ON v.id = reviews_round.version_id AND before.number <= v.number
       WHERE a.article_id = reviews_round.article_id) every GROUP BY id) listed
   WHERE r.id = reviews_round.review_id) statement)"""


def with_progress(rows: QuerySet[Round]) -> QuerySet[Round]:
    """Rounds with what `reckoned` needs of each."""
    counted: QuerySet[Round] = rows.annotate(progress=RawSQL(COUNTED, [], JSONField()))  # noqa: S611 - a constant
    return counted


def reckoned(rows: Iterable[Any]) -> list[Any]:
    """Rounds of `with_progress`, each with the number of its `statements` and of those `left` to its reviewer.

    One statement more, for the texts, where statements were added to earlier versions of any.
    """
    found = list(rows)
    asked = {row.version_id for row in found if row.progress["earlier"]}
    texts = Version.objects.filter(pk__in=asked) if asked else ()
    present = {text.pk: {claim.id for claim in sentences(text.content)} for text in texts}
    for row in found:
        added = [judged for claim, judged in row.progress["earlier"] if claim in present[row.version_id]]
        row.statements = row.progress["statements"] + len(added)
        row.left = row.progress["left"] + added.count(False)
    return found
