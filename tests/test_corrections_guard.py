"""PostgreSQL keeps what a correction promises (G4), whoever writes."""

from typing import Any

import pytest

from articles import drafts
from articles.models import Article
from oracle.accounts.models import User
from reviews import reaffirming, rounds, signing
from reviews.models import Round, SignOff

from .attacks import as_app, refused
from .cast import PROOF, amended, answers_to, approved
from .test_corrections_signed import LOOSE, MENDED, corrected, own, sent, text
from .test_standing_guard import insert_sign_off, set_and_tell, sign_off_values

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def signed(editor: User, reviewer: User) -> Article:
    return approved(editor, reviewer, **text(LOOSE))


def values_of(article: Article, row: Round, reviewer: User, corrects: int | None) -> dict[str, Any]:
    return sign_off_values(article, row, reviewer, meaning="correction", corrects_id=corrects)


def test_a_forged_correction_is_refused(signed: Article, editor: User, reviewer: User, reviewer3: User) -> None:
    """It names the version itself, or a stranger signs it, or the editor raised the change."""
    article = sent(signed, editor)
    row, other = own(article, reviewer), rounds.take(article, by=reviewer3)
    with refused("correction names an earlier version"):
        insert_sign_off(values_of(article, row, reviewer, article.current_version_id))
    with refused("corrections_name_a_version|approved"):
        insert_sign_off(values_of(article, row, reviewer, None))
    strange = values_of(article, other, reviewer3, signed.standing_version_id)
    with refused("one of those who signed before"):
        insert_sign_off(strange | {"specialties": ["nephrology", "general-medicine"]})
    article = amended(article.perform("recall", by=editor, reason="Wait."), editor, **text(MENDED))
    version = article.current_version
    drafts.confirm_for_submit(
        article, by=editor, ai_use=version.ai_use, funding="none", change_note="More than a slip.", raised=True
    )
    article = Article.objects.get(pk=article.pk).perform("submit", by=editor)
    with refused("a change of content"):
        insert_sign_off(values_of(article, own(article, reviewer), reviewer, signed.standing_version_id))
    assert SignOff.objects.filter(meaning="correction").count() == 0


def test_a_correction_without_an_approval_beneath_lets_nothing_stand(
    signed: Article, editor: User, reviewer: User
) -> None:
    """A forged one names the version before, whose approval was revoked."""
    signing.revoke(signed.signoffs.get(), by=reviewer, reason="A newer trial.")
    article = Article.objects.get(pk=signed.pk).perform("recall", by=editor, reason="Mend.")
    article = amended(article, editor, **text(MENDED)).perform("submit", by=editor)
    with refused("names a version that is approved"):
        insert_sign_off(values_of(article, own(article, reviewer), reviewer, signed.standing_version_id))
    for columns in ({"state": "approved"}, {}):
        with refused("G4"):
            set_and_tell(article, **columns, standing_version_id=article.current_version_id)


def test_a_correction_lets_its_own_version_stand_and_no_other(signed: Article, editor: User, reviewer: User) -> None:
    article = corrected(signed, editor, reviewer)
    article = sent(article, editor, "The mechanism is debated among writers.\n")
    with refused("G4"):
        set_and_tell(article, standing_version_id=article.current_version_id)


def test_the_approval_beneath_cannot_be_revoked_behind_the_standing(
    signed: Article, editor: User, reviewer: User
) -> None:
    article = corrected(signed, editor, reviewer)
    for signoff in article.signoffs.all():
        with refused("G4"):
            as_app(
                "INSERT INTO reviews_revocation (signoff_id, article_id, by_id, reason, at)"
                " VALUES (%s, %s, %s, 'x', now())",
                signoff.pk, article.pk, reviewer.pk,
            )  # fmt: skip


def test_a_version_reaffirmed_in_its_own_right_no_longer_needs_the_approval_beneath(
    signed: Article, editor: User, reviewer: User, reviewer3: User
) -> None:
    article = corrected(signed, editor, reviewer)
    row = reaffirming.begin(article, by=reviewer3)
    sha256, answers = row.version.content_sha256, answers_to(row)
    reaffirming.sign_again(row, by=reviewer3, shown_sha256=sha256, proof=PROOF, answers=answers)
    approval = article.signoffs.get(meaning="approval", version__number=1)
    article = signing.revoke(approval, by=reviewer, reason="I retire.")
    assert (article.state, article.standing_version.number) == ("approved", 2)
    assert [row["name"] for row in article.signatures["people"]] == ["Rosalind Reviewer"]
