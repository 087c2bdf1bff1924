"""Two at once in the back office: one save, and a sentence for the other with everything typed still there."""

import pytest
from django.http import HttpResponse

from articles.models import Document
from oracle.accounts.models import User
from reviews.models import SignOffRule
from tests import cast
from tests.test_back_office_saves import Office
from tests.test_races import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def outcome(responses: list[HttpResponse], typed: dict[int, str]) -> list[int]:
    """The statuses in order of size; the one refused shows what was typed there."""
    for place, response in enumerate(responses):
        assert response.status_code == 302 or typed[place] in response.content.decode()
    return sorted(response.status_code for response in responses)


@pytest.mark.parametrize("attempt", range(3))
def test_two_change_one_rule(chair: User, attempt: int) -> None:
    rule = SignOffRule.objects.get(risk="high")
    both = [Office(user, "reviews_signoffrule", rule) for user in (chair, cast.person("Carl Chair", "chair"))]
    results = at_once(
        lambda: both[0].send(months=6, reason="The first one's reason."),
        lambda: both[1].send(months=9, reason="The second one's reason."),
    )
    assert outcome(results, {0: "The first one", 1: "The second one"}) == [302, 409]
    assert SignOffRule.history.filter(id=rule.pk).count() == 2


@pytest.mark.parametrize("attempt", range(3))
def test_two_write_one_policy(chair: User, attempt: int) -> None:
    both = [Office(user, "articles_document", kind="policy") for user in (chair, cast.person("Carl Chair", "chair"))]
    results = at_once(
        lambda: both[0].send(body="The first one's text, typed with care.", reason="A reason."),
        lambda: both[1].send(body="The second one's text, typed with care.", reason="A reason."),
    )
    assert outcome(results, {0: "The first one", 1: "The second one"}) == [302, 409]
    assert list(Document.objects.filter(kind="policy").values_list("number", flat=True)) == [2, 1]
