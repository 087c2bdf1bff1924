"""Judging statements: one verdict at a time, in one's own active round, under the article's lock."""

from django.db import transaction

from articles.text.claims import Claim
from oracle import clock
from oracle.accounts.models import User
from oracle.audit.history import record
from oracle.refusals import Refusal, typed

from .judging import claims_to_judge, unlisted
from .models import AddedClaim, ClaimCheck, Round, Verdict
from .models.review import NEEDS_NOTE
from .rounds import lock_work


def judge(row: Round, claim_id: str, *, by: User, verdict: str, note: str = "") -> ClaimCheck:
    """Save one verdict of one's own active round; a doubt needs a note."""
    with transaction.atomic():
        row, article = lock_work(row, by)
        claim = claim_of(row, claim_id)
        if verdict not in Verdict.values:
            raise Refusal("Choose one of the five verdicts.")
        if verdict in NEEDS_NOTE:
            note = typed(note, f"“{Verdict(verdict).label.capitalize()}” needs a note that says why.")
        note = typed(note, "") if note.strip() else ""
        check = row.checks.filter(claim=claim_id).first() or ClaimCheck(
            article=article, version=row.version, round=row, reviewer=by, claim=claim_id, text=claim.text
        )
        if (check.verdict, check.note) != (verdict, note):
            check.verdict, check.note, check.at = verdict, note, clock.now()
        return record(check, by=by, event="claim.judge")


def claim_of(row: Round, claim_id: str) -> Claim:
    """The statement of the round's version with this id; refused when it has none."""
    found = next((claim for claim in claims_to_judge(row.version) if claim.id == claim_id), None)
    if found is None:
        raise Refusal("This statement is not in the version under review; reload the page.")
    return found


def add_claim(row: Round, *, by: User, sentence: str) -> AddedClaim:
    """Have one more sentence of the text judged; `sentence` is the id of one that `judging.unlisted` offers."""
    with transaction.atomic():
        row, article = lock_work(row, by)
        claim = next((claim for claim in unlisted(row.version) if claim.id == sentence), None)
        if claim is None:
            raise Refusal("This sentence is not in the text, or is on the list of statements already.")
        added = AddedClaim(article=article, version=row.version, round=row, claim=claim.id, sentence=claim.as_json())
        return record(added, by=by, event="claim.add")
