"""Judging statements, in one's own active round, under the article's lock: one by one, by section, or as a pair."""

from collections.abc import Iterable

from django.db import transaction

from articles.text.claims import Claim
from articles.text.pairs import differences, pair_of
from oracle import clock
from oracle.accounts.models import User
from oracle.audit.history import record
from oracle.refusals import Refusal, typed

from .judging import claims_to_judge, judge_all, left_in_section, unlisted
from .models import AddedClaim, ClaimCheck, Manner, Round, Verdict
from .models.review import NEEDS_NOTE, NEEDS_QUOTE
from .rounds import lock_work


def judge(row: Round, claim_id: str, *, by: User, verdict: str, note: str = "", quote: str = "") -> ClaimCheck:
    """Save one verdict of one's own active round; a doubt needs a note, one that stops an approval a quote as well."""
    with transaction.atomic():
        row, _ = lock_work(row, by)
        claim = claim_of(row, claim_id)
        check = row.checks.filter(claim=claim_id).first() or _new(row, claim, by)
        return _save(check, by, verdict, note, quote)


def claim_of(row: Round, claim_id: str) -> Claim:
    """The statement of the round's version with this id; refused when it has none."""
    fixed = next((claim for claim in row.version.fixed_claims if claim.id == claim_id), None)
    return fixed or _find(claims_to_judge(row.version), claim_id)


def _find(claims: Iterable[Claim], claim_id: str) -> Claim:
    found = next((claim for claim in claims if claim.id == claim_id), None)
    if found is None:
        raise Refusal("This statement is not in the version under review; reload the page.")
    return found


def _new(row: Round, claim: Claim, by: User) -> ClaimCheck:
    return ClaimCheck(
        article_id=row.article_id, version=row.version, round=row, reviewer=by, claim=claim.id, text=claim.text
    )


def _save(
    check: ClaimCheck, by: User, verdict: str, note: str, quote: str, manner: str = "", pair: str = ""
) -> ClaimCheck:
    """Write a verdict; one that is there already, word for word, is not written again."""
    if verdict not in Verdict.values:
        raise Refusal("Choose one of the five verdicts.")
    label = f"“{Verdict(verdict).label.capitalize()}”"
    if verdict in NEEDS_NOTE or note.strip():
        note = typed(note, f"{label} needs a note that says why.")
    if verdict in NEEDS_QUOTE or quote.strip():
        quote = typed(quote, f"{label} needs a quote that shows it: the source's words, or what you rely on.")
    given = (verdict, note.strip(), quote.strip(), manner, pair)
    if (check.verdict, check.note, check.quote, check.manner, check.pair) == given:
        return check
    check.verdict, check.note, check.quote, check.manner, check.pair = given
    check.at = clock.now()
    return record(check, by=by, event=f"claim.{manner}" if manner else "claim.judge")


def support_section(row: Round, path: Iterable[str], wording: str, *, by: User) -> list[ClaimCheck]:
    """Find supported what is left to a person under exactly these headings, save what `judging.by_section` leaves out.

    One act, with a verdict and a history row for each statement; refused where nothing is left.
    """
    with transaction.atomic():
        row, _ = lock_work(row, by)
        judged = judge_all(row.version)
        left, _ = left_in_section(row.version, judged, tuple(path), wording, by.pk)
        if not left:
            raise Refusal("Nothing is left in this section that can be judged with it; go on one by one.")
        own = {check.claim: check for check in row.checks.all()}
        checks = [own.get(item.claim.id) or _new(row, item.claim, by) for item in left]
        return [_save(check, by, Verdict.SUPPORTED, "", "", Manner.SECTION) for check in checks]


def judge_pair(
    row: Round, claim_id: str, *, by: User, same: bool, accepted: Iterable[str] = (), note: str = "", quote: str = ""
) -> ClaimCheck:
    """Say whether a plain statement says the same as the one for professionals that it is held against (R118).

    `same` gives it the verdict that the person gave that one, with its note and quote; each difference between
    their quantities must be among `accepted`, as `difference_lines` writes it. Otherwise it is not supported: with
    a note, and with the professional sentence as its quote where no other is given.
    """
    with transaction.atomic():
        row, _ = lock_work(row, by)
        judged = judge_all(row.version)
        claim = _find((item.claim for item in judged), claim_id)
        mate = pair_of(claim, (item.claim for item in judged))
        mine = next((item.by(by.pk) for item in judged if mate and item.claim.id == mate.id), None)
        if mate is None or mine is None:
            raise Refusal("Judge the statement for professionals first, or give this one a verdict of its own.")
        check = row.checks.filter(claim=claim_id).first() or _new(row, claim, by)
        if not same:
            return _save(check, by, Verdict.NOT_SUPPORTED, note, quote or mate.text, Manner.PAIR, mate.id)
        lines = difference_lines(claim, mate)
        if set(lines) - set(accepted):
            raise Refusal(
                f"The numbers differ: {'; '.join(lines)}. Accept each difference, or say that it is not the same."
            )
        accepting = f"Numbers that differ, accepted: {'; '.join(lines)}." if lines else ""
        words = " ".join(part for part in (note.strip() or mine.note, accepting) if part)
        return _save(check, by, mine.verdict, words, quote or mine.quote, Manner.PAIR, mate.id)


def difference_lines(plain: Claim, professional: Claim) -> list[str]:
    """What differs between the numbers of two statements, as a reviewer reads it: “5 mg / 50 mg”."""
    return [f"{ours} / {theirs}" for ours, theirs in differences(plain, professional)]


def add_claim(row: Round, *, by: User, sentence: str) -> AddedClaim:
    """Have one more sentence of the text judged; `sentence` is the id of one that `judging.unlisted` offers."""
    with transaction.atomic():
        row, article = lock_work(row, by)
        claim = next((claim for claim in unlisted(row.version) if claim.id == sentence), None)
        if claim is None:
            raise Refusal("This sentence is not in the text, or is on the list of statements already.")
        added = AddedClaim(article=article, version=row.version, round=row, claim=claim.id, sentence=claim.as_json())
        return record(added, by=by, event="claim.add")
