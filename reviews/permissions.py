"""Who may review and sign: predicates and the sentences that go with them."""

from articles.models import Article
from oracle import clock
from oracle.accounts.models import User

from .models import BoardMember, Review, SignOff, SignOffRule
from .models.board import DISCLOSURE_HINT


def bar(
    article: Article,
    user: User,
    member: BoardMember | None,
    review: Review | None,
    *,
    contributors: set[int] | None = None,
) -> str | None:
    """Why `user` may not review or sign `article`, with the way to mend it; None if nothing bars them.

    `member` is their board record, `member_of(user)`, and `review` their work on the article so far.
    `contributors` are the article's `contributor_ids()`, where they are known.
    """
    if not user.has_role("reviewer"):
        return "Only a member of the Medical Advisory Board may review or sign."
    lapse = lapse_of(member) or _elsewhere(article, member)
    if lapse:
        return lapse
    if user.pk in (article.contributor_ids() if contributors is None else contributors):
        return "You contributed to this text, so you cannot review or sign it."
    if review and review.barred_by_id:
        return f"The chair decided that your interest stands in the way of reviewing this: {review.barred_reason}"
    if review and review.conflicted:
        return "You declared an interest in this article; the chair must clear it before you may review or sign."
    return None


def _elsewhere(article: Article, member: BoardMember | None) -> str | None:
    if member is None or member.outside_for_id in (None, article.pk):
        return None
    return "You were named from outside the board to review another article; you can review that one only."


def member_of(user: User) -> BoardMember | None:
    """The board record of a person."""
    return BoardMember.objects.filter(user=user).first()


def lapse_of(member: BoardMember | None) -> str | None:
    """Why a board member may not review anything at present, with the way to mend it; None if in order."""
    if member is None:
        return "You have no board record yet; ask an administrator to make one."
    return member.lapse(clock.today())


def notice_of(member: BoardMember | None) -> str | None:
    """What a member is told of their record: why they may not review at present, or what soon will keep them from it.

    Where there is nothing of the kind, that they are away.
    """
    today, lapse = clock.today(), lapse_of(member)
    if lapse or member is None:
        return lapse
    until = member.disclosed_until
    if until and until - DISCLOSURE_HINT <= today:
        return f"Your yearly disclosure holds until {until:%-d %B %Y}; look at it and confirm it."
    if member.away_until and member.away(today):
        return f"You are noted as away until {member.away_until:%-d %B %Y}."
    return None


def shortfall(article: Article, member: BoardMember, rule: SignOffRule) -> str | None:
    """Why a signature of `member` could not count towards `rule` for the current version; None if it could."""
    signed = dict(
        SignOff.objects.standing()
        .approvals()
        .filter(version_id=article.current_id)
        .values_list("signer_id", "specialties")
    )
    if member.user_id in signed:
        return "You have signed this version already."
    return falls_short(rule, article.specialties[0], list(signed.values()), member.specialties)


def bar_or_shortfall(article: Article, user: User, review: Review | None) -> str | None:
    """Why `user` may not take `article`, or why a signature of theirs could not count."""
    member = member_of(user)
    barred = bar(article, user, member, review)
    return barred if barred or member is None else shortfall(article, member, rule_for(article))


def falls_short(rule: SignOffRule, main: str, signed: list[list[str]], mine: list[str]) -> str | None:
    """Why a signer of specialties `mine`, after signers of `signed`, could not help to meet the rule; None if so."""
    people = [*signed, mine]
    free = max(0, rule.signatures - len(people))
    if rule.specialties - len({specialties[0] for specialties in people}) > free:
        return "The rule needs signatures from different specialties, and somebody of yours has signed already."
    if free == 0 and not any(main in specialties for specialties in people):
        words = main.replace("-", " ")
        return f"The rule needs a signature from the article's main specialty ({words}), which is not yours."
    return None


def rule_for(article: Article) -> SignOffRule:
    """The sign-off rule of the article's risk."""
    return SignOffRule.objects.get(risk=article.risk or "standard")
