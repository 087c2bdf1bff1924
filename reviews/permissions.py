"""Who may review and sign: predicates and the sentences that go with them."""

from articles.models import Article
from oracle import clock
from oracle.accounts.models import User

from .models import BoardMember, Review, SignOff, SignOffRule


def bar(article: Article, user: User) -> str | None:
    """Why `user` may not review or sign `article`, with the way to mend it; None if nothing bars them."""
    if not user.has_role("reviewer"):
        return "Only a member of the Medical Advisory Board may review or sign."
    member = BoardMember.objects.filter(user=user).first()
    if member is None:
        return "You have no board record yet; ask an administrator to make one."
    lapse = member.lapse(clock.today())
    if lapse:
        return lapse
    if user.pk in article.contributor_ids():
        return "You contributed to this text, so you cannot review or sign it."
    review = Review.objects.filter(article=article, reviewer=user).first()
    if review and review.conflicted:
        return "You declared an interest in this article; the chair must clear it before you may review or sign."
    return None


def shortfall(article: Article, user: User) -> str | None:
    """Why a signature of `user` could not count towards the rule for the current version; None if it could."""
    rule, main = rule_for(article), article.specialties[0]
    signed = {
        row.signer_id: row.specialties
        for row in SignOff.objects.standing().filter(version_id=article.current_id, meaning="approval")
    }
    if user.pk in signed:
        return "You have signed this version already."
    member = BoardMember.objects.get(user=user)
    people = [*signed.values(), member.specialties]
    free = max(0, rule.signatures - len(people))
    if rule.specialties - len({specialties[0] for specialties in people}) > free:
        return "The rule needs signatures from different specialties, and somebody of yours has signed already."
    if free == 0 and not any(main in specialties for specialties in people):
        return f"The rule needs a signature from the article's main specialty ({main}), which is not yours."
    return None


def rule_for(article: Article) -> SignOffRule:
    """The sign-off rule of the article's risk."""
    return SignOffRule.objects.get(risk=article.risk or "standard")


def can_see_reviews(user: User) -> bool:
    """Read verdicts and comments."""
    return user.has_role("editor", "reviewer", "chair", "auditor")
