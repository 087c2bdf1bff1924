"""*Match the numbers*: position is only a proposal, and nothing is matched until an editor says so."""

from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from articles import drafts
from articles.importing.pasted import from_pasted
from articles.models import Article
from articles.reference_list import joined, without_number
from articles.text.citations import keys_in, numbers_in
from articles.views.matching import numbers_of
from oracle.accounts.models import User
from oracle.refusals import NotAllowed, Refusal, Stale

from .cast import content, make_article, sign_in, submitted

SAMPLE = Path(__file__).parent / "samples" / "pasted_answer.txt"


@pytest.fixture
def imported(editor: User) -> Article:
    return drafts.import_draft(from_pasted(SAMPLE.read_text()), by=editor).article


def fresh(article: Article) -> Article:
    return Article.objects.select_related("current_version").get(pk=article.pk)


def errors(article: Article) -> set[str]:
    version = fresh(article).current_version
    version.article = article
    return {finding.rule for finding in version.findings() if finding.level == "error"}


def test_eight_numbers_and_five_references_come_in_as_proposals(imported: Article) -> None:
    version = imported.current_version
    assert sorted(version.proposals) == ["1", "2", "3", "4", "5", "6", "7", "8"]
    assert len(version.references) == 5
    assert {proposal["by"] for proposal in version.proposals.values()} == {"position", "none"}
    assert drafts.used_numbers(version.content) == {1, 2, 3, 4, 5, 6, 7, 8}
    assert "unmatched-number" in errors(imported)


def test_the_page_shows_each_number_with_the_first_sentence_that_uses_it(
    client: Client, editor: User, imported: Article
) -> None:
    rows = numbers_of(imported.current_version)
    assert [row["number"] for row in rows] == [1, 2, 3, 4, 5, 6, 7, 8]
    assert rows[0]["sentence"].startswith("Cinacalcet may be used in a patient with a history of calciphylaxis")
    page = sign_in(client, editor).get(reverse("match_numbers", args=[imported.slug])).content.decode()
    assert page.count("Lists are often in another order") == 5
    assert page.count("No reference in the list stands for this number.") == 3
    assert page.count(">Confirm these numbers</button>") == 1
    assert page.count(' <a href="/desk/articles/' + imported.slug + '/references/#one">Add a missing reference') == 3


def test_confirming_each_number_takes_the_errors_away_one_by_one(editor: User, imported: Article) -> None:
    keys = drafts.keys_of(imported.current_version.content)
    version = imported.current_version
    for number in range(1, 6):
        version = drafts.confirm_number(imported, number, keys[5 - number], by=editor, base=version.fingerprint)
        assert str(number) not in version.proposals
        assert "unmatched-number" in errors(imported)
    for number in (6, 7, 8):
        assert "unmatched-number" in errors(imported)
        version = drafts.drop_number(imported, number, by=editor, base=version.fingerprint)
    assert version.proposals == {}
    assert numbers_in(version.professional) == []
    assert set(keys_in(version.direct_answer + version.professional)) == set(keys)
    assert errors(imported) & {"unmatched-number", "citation-without-reference"} == set()


def two_numbers(editor: User) -> Article:
    numbered = content(direct_answer="Yes [1].", professional="It is so [2,1].", plain="")
    proposals = {"1": {"key": "one", "by": "position"}, "2": {"key": "two", "by": "position"}}
    return drafts.create(numbered, by=editor, proposals=proposals)


def test_a_number_left_empty_stays_open_and_is_not_proposed_again(client: Client, editor: User) -> None:
    article = two_numbers(editor)
    address = reverse("match_numbers", args=[article.slug])
    base = article.current_version.fingerprint
    first = sign_in(client, editor).post(address, {"key-1": "two", "key-2": "", "base": base})
    assert (first.status_code, first["Location"]) == (302, f"{address}?key-2=")
    page = client.get(first["Location"]).content.decode()
    assert "[1] is now [@two]." in page
    assert 'value="two" selected' not in page
    base = fresh(article).current_version.fingerprint
    second = client.post(address, {"key-2": "one", "base": base})
    assert second["Location"] == reverse("edit", args=[article.slug])
    version = fresh(article).current_version
    assert (version.direct_answer, version.professional) == ("Yes [@two].", "It is so [@two; @one].")
    assert [row.history_event for row in version.history.all()] == ["version.match", "version.match", "article.create"]


def test_all_numbers_are_confirmed_at_once_as_chosen(client: Client, editor: User) -> None:
    article = two_numbers(editor)
    given = {"key-1": "two", "key-2": "one", "base": article.current_version.fingerprint}
    answer = sign_in(client, editor).post(reverse("match_numbers", args=[article.slug]), given)
    assert answer["Location"] == reverse("edit", args=[article.slug])
    version = fresh(article).current_version
    assert (version.direct_answer, version.professional) == ("Yes [@two].", "It is so [@one; @two].")
    assert version.history.filter(history_event="version.match").count() == 1


def test_taking_one_number_out_keeps_the_other_choices(client: Client, editor: User) -> None:
    article = two_numbers(editor)
    address = reverse("match_numbers", args=[article.slug])
    given = {"key-1": "two", "key-2": "two", "drop": "2", "base": article.current_version.fingerprint}
    answer = sign_in(client, editor).post(address, given)
    assert answer["Location"] == f"{address}?key-1=two"
    assert 'value="two" selected' in client.get(answer["Location"]).content.decode()
    assert fresh(article).current_version.professional == "It is so [1]."


def test_a_refused_confirmation_keeps_every_choice(client: Client, editor: User) -> None:
    article = two_numbers(editor)
    given = {"key-1": "two", "key-2": "nobody", "base": article.current_version.fingerprint}
    answer = sign_in(client, editor).post(reverse("match_numbers", args=[article.slug]), given)
    assert answer.status_code == 409
    assert answer.content.decode().count('value="two" selected') == 2
    assert fresh(article).current_version.direct_answer == "Yes [1]."


def test_no_reference_is_called_uncited_or_removed_while_numbers_are_open(client: Client, editor: User) -> None:
    article = two_numbers(editor)
    assert "uncited-reference" not in {one.rule for one in article.current_version.findings()}
    address = reverse("edit_references", args=[article.slug])
    page = sign_in(client, editor).get(address).content.decode()
    assert (">Remove<" in page, "nothing cites it" in page) == (False, False)
    given = {"action": "remove", "reference": "one", "base": article.current_version.fingerprint}
    assert client.post(address, given).status_code == 409
    assert drafts.keys_of(fresh(article).current_version.content) == ["one", "two"]


def test_the_checks_lead_to_the_number_and_to_the_reference(client: Client, editor: User) -> None:
    article = two_numbers(editor)
    edit = reverse("edit", args=[article.slug])
    page = sign_in(client, editor).get(edit).content.decode()
    assert f'href="{reverse("match_numbers", args=[article.slug])}#number-2"' in page
    whole = make_article(editor, professional="It is so at 5 mg [@one].")
    page = client.get(reverse("edit", args=[whole.slug])).content.decode()
    assert f'href="{reverse("edit_references", args=[whole.slug])}?key=two#quote"' in page


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ({"key-1": ""}, 409),
        ({"key-1": "nobody"}, 409),
        ({"key-9": "one"}, 409),
        ({"key-x": "one"}, 409),
        ({"key-²": "one", "drop": "²"}, 409),
        ({"drop": "99999999999"}, 409),
        ({"key-1": "one", "base": "0" * 64}, 409),
        ({}, 409),
    ],
)
def test_a_wrong_answer_changes_nothing_and_says_why(
    client: Client, editor: User, given: dict[str, str], status: int
) -> None:
    article = drafts.create(content(direct_answer="Yes [1].", plain=""), by=editor)
    base = article.current_version.fingerprint
    page = sign_in(client, editor).post(reverse("match_numbers", args=[article.slug]), {"base": base} | given)
    assert page.status_code == status
    assert "Not done" in page.content.decode()
    assert fresh(article).current_version.fingerprint == base


def test_only_an_editor_matches_and_only_in_an_open_version(editor: User, reviewer: User) -> None:
    article = drafts.create(content(direct_answer="Yes [1].", plain=""), by=editor)
    base = article.current_version.fingerprint
    with pytest.raises(NotAllowed):
        drafts.confirm_number(article, 1, "one", by=reviewer, base=base)
    with pytest.raises(Stale):
        drafts.confirm_number(article, 1, "one", by=editor, base="older")
    sent = submitted(editor, question="Another question?")
    with pytest.raises(Refusal):
        drafts.confirm_number(sent, 1, "one", by=editor, base=sent.current_version.fingerprint)


def test_a_number_that_the_editor_wrote_away_is_no_proposal_any_more(editor: User) -> None:
    numbered = content(direct_answer="Yes [1] [2].", plain="")
    proposals = {"1": {"key": "one", "by": "position"}, "2": {"key": "", "by": "none"}}
    article = drafts.create(numbered, by=editor, proposals=proposals)
    base = article.current_version.fingerprint
    version = drafts.save(article, by=editor, base=base, content=content(direct_answer="Yes [1].", plain=""))
    assert version.proposals == {"1": {"key": "one", "by": "position"}}


@pytest.mark.parametrize(
    ("text", "number", "left"),
    [
        ("So it is [2].", 2, "So it is."),
        ("So it is [2,4].", 2, "So it is [4]."),
        ("So [1-3] and [2].", 2, "So [1, 3] and."),
        ("`x[2]` stays [3].", 2, "`x[2]` stays [3]."),
        (
            "- one [2]\n- two [3]\n\n| a | b [2] |\n|---|---|\n| c | d |",
            2,
            "- one\n- two [3]\n\n| a | b |\n|---|---|\n| c | d |",
        ),
    ],
)
def test_a_number_is_taken_out_and_the_sentence_stays(text: str, number: int, left: str) -> None:
    assert without_number(text, number) == left


@pytest.mark.parametrize(
    ("text", "one"),
    [
        ("So [@a][@b].", "So [@a; @b]."),
        ("So [@a] [@b].", "So [@a] [@b]."),
        ("`[@a][@b]` and [@c][@d][@e]", "`[@a][@b]` and [@c; @d; @e]"),
    ],
)
def test_citations_side_by_side_become_one(text: str, one: str) -> None:
    assert joined(text) == one


def test_a_matched_article_can_be_sent(editor: User) -> None:
    assert make_article(editor).perform("submit", by=editor).state == "submitted"
