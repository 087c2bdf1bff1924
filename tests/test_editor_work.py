"""Mending and sending a text: checks, references, evidence, and what is confirmed before the board gets it."""

import re
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from articles import drafts
from articles.models import Article, Waiver
from oracle.accounts.models import User
from oracle.refusals import NotAllowed, Refusal
from reviews import discussion, rounds

from .cast import amended, approved, make_article, revised, sign_in, under_review


def fresh(article: Article) -> Article:
    return Article.objects.select_related("current_version").get(pk=article.pk)


def words(client: Client, name: str, *args: Any, query: str = "") -> str:
    answer = client.get(reverse(name, args=args) + query)
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


# Checks.


def test_an_uncited_reference_is_removed_by_its_button(client: Client, editor: User) -> None:
    article = make_article(editor, professional="It is so at 5 mg [@one].")
    sign_in(client, editor)
    page = words(client, "edit", article.slug)
    assert 'value="remove-reference:two"' in page
    given = {"fix": "remove-reference:two", "base": article.current_version.fingerprint}
    assert client.post(reverse("quick_fix", args=[article.slug]), given).status_code == 302
    assert drafts.keys_of(fresh(article).current_version.content) == ["one"]
    assert client.post(reverse("quick_fix", args=[article.slug]), given).status_code == 409


def test_errors_come_first_and_a_warning_is_waived_once_with_a_reason(client: Client, editor: User) -> None:
    article = make_article(editor, title="", professional="It is so at 5 mg [@one].")
    sign_in(client, editor)
    page = words(client, "edit", article.slug)
    assert "<strong>1 must be mended</strong>" in page
    assert page.index("No title") < page.index("References that nothing cites")
    given = {"rule": "uncited-reference", "reason": "It is background reading."}
    assert client.post(reverse("waive", args=[article.slug]), given).status_code == 302
    assert client.post(reverse("waive", args=[article.slug]), given | {"reason": "Better."}).status_code == 302
    assert list(Waiver.objects.values_list("rule", "reason")) == [("uncited-reference", "Better.")]
    page = words(client, "edit", article.slug)
    assert "Set aside with a reason" in page
    assert "Better." in page
    for bad in ({"rule": "empty-title", "reason": "no"}, {"rule": "uncited-reference", "reason": " "}):
        assert client.post(reverse("waive", args=[article.slug]), bad).status_code == 409


def test_what_the_submit_page_asks_does_not_count_as_to_mend_nor_hide_the_next_step(
    client: Client, editor: User
) -> None:
    article = make_article(editor, specialties=(), risk="")
    submit = f'<a class="button primary" href="{reverse("submit", args=[article.slug])}">Send to the board…</a>'
    page = words(sign_in(client, editor), "edit", article.slug)
    assert submit in page
    assert '<button class="button" type="submit">Save</button>' in page
    assert "Nothing stops submission" in page
    assert "asks for the rest: risk not set, no specialty." in page
    unfinished = words(client, "edit", make_article(editor, title="", specialties=()).slug)
    assert '<button class="button primary" type="submit">Save</button>' in unfinished
    assert "<strong>1 must be mended</strong>" in unfinished


def test_the_panels_have_links_and_the_references_their_titles(client: Client, editor: User) -> None:
    page = words(sign_in(client, editor), "edit", make_article(editor).slug)
    for panel in ("checks", "references", "preview"):
        assert f'<li><a href="#{panel}">' in page
        assert f'<details class="fold" name="panel" id="{panel}"' in page
    assert 'data-key="one" data-title="A trial of drug A"' in page


# References.


OLD = {
    "id": "one",
    "type": "article-journal",
    "title": "Old",
    "abstract": "Kept.",
    "issued": {"date-parts": [[2015, 3]]},
}


def test_a_reference_by_form_gets_a_key(client: Client, editor: User) -> None:
    article = make_article(editor, references=[OLD])
    address = reverse("edit_references", args=[article.slug])
    sign_in(client, editor)
    given = {
        "action": "save",
        "base": article.current_version.fingerprint,
        "kind": "guideline",
        "title": "New one",
        "authors": "Deen, Jane\r\nSchaider, Helmut",
        "year": "2016",
        "doi": "https://doi.org/10.1000/182",
    }
    assert client.post(address, given).status_code == 302
    _, new = fresh(article).current_version.references
    assert (new["id"], new["DOI"], new["custom"]) == ("deen2016", "10.1000/182", {"kind": "guideline"})
    again = given | {"base": fresh(article).current_version.fingerprint, "key": "one"}
    assert client.post(address, again).status_code == 422


def test_a_changed_reference_keeps_what_the_form_does_not_have(client: Client, editor: User) -> None:
    article = make_article(editor, references=[OLD])
    change = {
        "action": "save",
        "reference": "one",
        "base": article.current_version.fingerprint,
        "kind": "label",
        "type": "article-journal",
        "title": "Newer",
        "year": "2015-03",
    }
    address = reverse("edit_references", args=[article.slug])
    assert sign_in(client, editor).post(address, change).status_code == 302
    (kept,) = fresh(article).current_version.references
    assert kept == OLD | {"title": "Newer", "custom": {"kind": "label"}}


def test_pasted_references_are_added_beside_the_old_ones(client: Client, editor: User) -> None:
    article = make_article(editor)
    address = reverse("edit_references", args=[article.slug])
    sign_in(client, editor)
    pasted = (
        '[{"id": "one", "title": "Another one", "type": "book", "issued": {"raw": "2001"}},'
        ' {"title": "Third", "type": "book"}]'
    )
    given = {"action": "paste", "csl_json": pasted, "base": article.current_version.fingerprint}
    assert client.post(address, given).status_code == 302
    assert drafts.keys_of(fresh(article).current_version.content) == ["one", "two", "another2001", "third"]


def test_one_pasted_reference_is_spoken_of_as_one(client: Client, editor: User) -> None:
    article = make_article(editor)
    given = {"action": "paste", "csl_json": '[{"title": "Third"}]', "base": article.current_version.fingerprint}
    address = reverse("edit_references", args=[article.slug])
    page = sign_in(client, editor).post(address, given, follow=True).content.decode()
    assert "1 reference was read; the list is below." in page


def test_passages_are_added_and_taken_out(client: Client, editor: User) -> None:
    article = make_article(editor)
    address = reverse("edit_references", args=[article.slug])
    sign_in(client, editor)
    given = {
        "action": "quote",
        "reference": "two",
        "quote": "It was\r\nstopped\rearly.",
        "place": "p. 9",
        "base": article.current_version.fingerprint,
    }
    assert client.post(address, given)["Location"] == f"{address}?key=two"
    version = fresh(article).current_version
    assert version.evidence[1] == {"key": "two", "quote": "It was\nstopped\nearly.", "place": "p. 9"}
    assert client.post(address, {"action": "unquote", "passage": "0", "base": version.fingerprint}).status_code == 302
    assert [entry["key"] for entry in fresh(article).current_version.evidence] == ["two"]


# Send to the board.


def confirmed(article: Article, **changes: str) -> dict[str, Any]:
    return {
        "base": article.current_version.fingerprint,
        "main_specialty": "nephrology",
        "specialties": ["cardiology"],
        "risk": "standard",
        "level": "drafted",
        "tool": "Model X",
        "funding": "none",
        "change_note": "Clearer.",
        "checked": "on",
        **changes,
    }


def test_what_is_confirmed_is_frozen_with_the_text(client: Client, editor: User, editor2: User) -> None:
    article = make_article(editor, ai_use={}, funding="", specialties=(), risk="")
    page = words(sign_in(client, editor2), "submit", article.slug)
    assert "Standard risk: Readers will see this text at once, with a caution." in page
    assert "High risk: Readers will see the question and that it is pending" in page
    assert 'name="funding" value="none"' in page
    answer = client.post(reverse("submit", args=[article.slug]), confirmed(article, funding="A grant"))
    sent = fresh(article)
    assert (answer.status_code, answer["Location"]) == (302, reverse("record", args=[article.slug]))
    assert (sent.state, sent.specialties, sent.risk) == ("submitted", ["nephrology", "cardiology"], "standard")
    assert sent.current_version.funding == "A grant"
    assert sent.current_version.ai_use == {
        "level": "drafted",
        "tool": "Model X",
        "purpose": "",
        "checked_by": "Edgar Editor",
    }


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"checked": ""}, 422),
        ({"tool": ""}, 422),
        ({"funding": " "}, 422),
        ({"risk": ""}, 422),
        ({"main_specialty": ""}, 422),
        ({"base": "0" * 64}, 409),
    ],
)
def test_a_refused_submission_leaves_everything_as_it_was(
    client: Client, editor: User, changes: dict[str, str], status: int
) -> None:
    article = make_article(editor, specialties=(), risk="")
    rows = article.history.count(), article.current_version.history.count()
    answer = sign_in(client, editor).post(reverse("submit", args=[article.slug]), confirmed(article, **changes))
    assert answer.status_code == status
    assert (fresh(article).history.count(), fresh(article).current_version.history.count()) == rows
    assert fresh(article).state == "draft"


def test_a_stale_submission_comes_back_filled_for_the_new_text_with_the_difference(
    client: Client, editor: User, editor2: User
) -> None:
    article = make_article(editor)
    given = confirmed(article, funding="A grant")
    changed = drafts.save(
        article, by=editor2, base=given["base"], content=replace(article.current_version.content, title="Theirs")
    )
    answer = sign_in(client, editor).post(reverse("submit", args=[article.slug]), given)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert f'name="base" value="{changed.fingerprint}"' in page
    assert ('value="A grant"' in page, 'value="Model X"' in page) == (True, True)
    assert (">Answer title</h2>" in page, ">Evidence</h2>" in page, 'href="#difference"' in page) == (True, False, True)
    assert re.search(r'name="checked"[^>]*\schecked', page) is None
    assert "must be mended" not in page
    again = given | {"base": changed.fingerprint}
    assert client.post(reverse("submit", args=[article.slug]), again).status_code == 302


def test_waived_warnings_are_counted_apart_and_the_tool_is_not_marked_optional(client: Client, editor: User) -> None:
    article = make_article(editor, professional="It is so at 5 mg [@one].")
    sign_in(client, editor)
    before = words(client, "submit", article.slug)
    assert "set aside with a reason" not in before
    client.post(reverse("waive", args=[article.slug]), {"rule": "uncited-reference", "reason": "Background."})
    assert "1 set aside with a reason" in words(client, "submit", article.slug)
    assert '<label for="id_tool">AI tool and version</label>' in before
    assert re.search(r'<input[^>]*name="tool"[^>]*required', before) is None


def test_an_error_stops_the_submission_and_keeps_the_form(client: Client, editor: User) -> None:
    article = make_article(editor, title="", specialties=(), risk="")
    answer = sign_in(client, editor).post(reverse("submit", args=[article.slug]), confirmed(article, funding="A grant"))
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "1 must be mended first" in page
    assert 'value="A grant"' in page
    assert (fresh(article).specialties, fresh(article).current_version.funding) == ([], "none")


def test_a_second_version_needs_a_change_note_and_the_signed_one_stays(
    client: Client, editor: User, reviewer: User
) -> None:
    article = revised(approved(editor, reviewer), editor)
    page = words(sign_in(client, editor), "submit", article.slug)
    assert "Readers keep the signed version 1 until the new one is signed." in page
    refused = client.post(reverse("submit", args=[article.slug]), confirmed(article, change_note=""))
    assert refused.status_code == 422
    assert client.post(reverse("submit", args=[article.slug]), confirmed(article)).status_code == 302
    assert fresh(article).current_version.change_note == "Clearer."
    sent = fresh(article).history.filter(history_event="article.submit").first()
    assert (sent.history_change_reason, sent.history_user) == ("Clearer.", editor)
    story = words(client, "story", article.pk)
    assert story.count('<span class="visually-hidden">Reason: </span>Clearer.') >= 1


def test_an_open_objection_stops_the_submission_until_it_is_answered(
    client: Client, editor: User, reviewer: User
) -> None:
    _, row = under_review(editor, reviewer)
    remark = discussion.comment(row, by=reviewer, body="Where is the source?", blocking=True)
    article = amended(rounds.ask_for_changes(row, by=reviewer, reason="Mend it."), editor)
    page = words(sign_in(client, editor), "edit", article.slug)
    assert "Where is the source?" in page
    assert reverse("answer_objection", args=[remark.pk]) in page
    assert reverse("mended_objection", args=[remark.pk]) in page
    refused = client.post(reverse("submit", args=[article.slug]), confirmed(article))
    assert refused.status_code == 409
    assert "1 objection needs an edit or an answer first." in refused.content.decode()
    assert client.post(reverse("answer_objection", args=[remark.pk]), {"answer": "In [@one]."}).status_code == 302
    base = fresh(article).current_version.fingerprint
    assert client.post(reverse("submit", args=[article.slug]), confirmed(article, base=base)).status_code == 302


def test_risk_is_raised_by_an_editor_and_lowered_only_by_the_chair(editor: User, chair: User, reviewer: User) -> None:
    article = make_article(editor, risk="high")
    assert drafts.set_classification(article, specialties=["nephrology"], risk="standard", by=editor).risk == "standard"
    article = fresh(article).perform("submit", by=editor).perform("recall", by=editor, reason="x")
    raised = drafts.set_classification(article, specialties=["nephrology"], risk="high", by=editor)
    assert raised.risk == "high"
    with pytest.raises(NotAllowed):
        drafts.set_classification(article, specialties=["nephrology"], risk="standard", by=editor)
    with pytest.raises(NotAllowed):
        drafts.set_classification(article, specialties=["nephrology"], risk="standard", by=reviewer)
    with pytest.raises(Refusal):
        drafts.set_classification(article, specialties=[], risk="high", by=editor)
    with pytest.raises(Refusal, match="Say why the risk is lowered"):
        drafts.set_classification(article, specialties=["nephrology"], risk="standard", by=chair)
    why = "It has no doses."
    lowered = drafts.set_classification(article, specialties=["nephrology"], risk="standard", by=chair, reason=why)
    row = lowered.history.first()
    assert (lowered.risk, row.history_user, row.history_change_reason) == ("standard", chair, why)


def test_specialties_are_the_editors_until_the_board_has_the_text_then_the_chairs(editor: User, chair: User) -> None:
    article = make_article(editor)
    drafts.set_classification(article, specialties=["cardiology"], risk="standard", by=editor)
    article = fresh(article).perform("submit", by=editor)
    with pytest.raises(NotAllowed, match="Only the chair may change the specialties"):
        drafts.set_classification(article, specialties=["nephrology"], risk="standard", by=editor)
    drafts.set_classification(article, specialties=["nephrology", "cardiology"], risk="standard", by=chair)
    assert fresh(article).specialties == ["nephrology", "cardiology"]


def test_the_submit_page_suggests_the_risk_and_asks_for_specialties_only_once(client: Client, editor: User) -> None:
    article = make_article(editor, professional="## Evidence\n\nChildren had 5 mg of morphine [@one] [@two].\n")
    page = words(sign_in(client, editor), "submit", article.slug)
    assert "The text speaks of children and morphine: high risk is suggested." in page
    assert 'name="main_specialty"' in page
    article = article.perform("submit", by=editor).perform("recall", by=editor, reason="x")
    page = words(client, "submit", article.slug)
    assert 'name="main_specialty"' not in page
    assert "Specialties: nephrology. Only the chair changes them now." in page
    base = article.current_version.fingerprint
    given = confirmed(article, base=base, main_specialty="cardiology", change_note="Again.")
    assert client.post(reverse("submit", args=[article.slug]), given).status_code == 302
    assert fresh(article).specialties == ["nephrology"]
