"""The record of an article, its versions, and reports of problems."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from articles.models import Article
from articles.models.suspension import suspend
from articles.views import record
from oracle.accounts.models import User

from .cast import amended, approved, content, make_article, revised, sign_in, submitted


def fresh(article: Article) -> Article:
    return Article.objects.select_related("current_version").get(pk=article.pk)


def words(client: Client, name: str, *args: Any, query: str = "") -> str:
    answer = client.get(reverse(name, args=args) + query)
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


# The record.


def test_a_verb_without_its_reason_brings_the_record_back_with_the_sentence(client: Client, editor: User) -> None:
    article = submitted(editor)
    address = reverse("do", args=[article.slug, "recall"])
    refused = sign_in(client, editor).post(address, {"reason": " "})
    assert refused.status_code == 409
    assert "Give a reason; it stays on record (Take back)." in refused.content.decode()
    assert client.post(address, {"reason": "A typo."})["Location"] == reverse("edit", args=[article.slug])
    assert fresh(article).state == "draft"


@pytest.mark.parametrize(
    "verb", ["approve", "start_review", "request_changes", "reopen", "delete", "full_clean", "submit"]
)
def test_the_endpoint_takes_only_what_is_done_by_hand(client: Client, editor: User, verb: str) -> None:
    article = make_article(editor)
    answer = sign_in(client, editor).post(reverse("do", args=[article.slug, verb]), {"reason": "x"})
    assert answer.status_code == (302 if verb == "submit" else 409)
    assert client.get(reverse("do", args=[article.slug, "discard"])).status_code == 405
    assert fresh(article).state == "draft"


def test_every_verb_by_hand_is_a_button_of_the_record(
    client: Client, editor: User, chair: User, reviewer: User
) -> None:
    sign_in(client, editor)
    signed = approved(editor, reviewer)
    assert reverse("do", args=[signed.slug, "revise"]) in words(client, "record", signed.slug)
    assert client.post(reverse("do", args=[signed.slug, "revise"]))["Location"] == reverse("edit", args=[signed.slug])
    assert reverse("do", args=[signed.slug, "abandon"]) in words(client, "record", signed.slug)
    asked = client.post(reverse("do", args=[signed.slug, "abandon"]))
    assert (asked.status_code, fresh(signed).state) == (200, "draft")
    assert "The signed version stays as it is." in asked.content.decode()
    assert client.post(reverse("do", args=[signed.slug, "abandon"]), {"sure": "1"}).status_code == 302
    assert fresh(signed).state == "approved"
    other = submitted(editor, question="Another one?")
    sign_in(client, chair)
    address = reverse("do", args=[other.slug, "withdraw"])
    missing = client.post(address, {"reason": "Out of date.", "replacement": "nowhere"})
    assert missing.status_code == 409
    assert "There is no article with the address “nowhere”" in missing.content.decode()
    assert ">Out of date.</textarea>" in missing.content.decode()
    unseen = make_article(editor, question="Unseen?")
    gone = submitted(editor, question="Gone?").perform("withdraw", by=chair, reason="x")
    for useless, why in ((other, "cannot replace itself"), (unseen, "never seen"), (gone, "is withdrawn itself")):
        refused = client.post(address, {"reason": "Out of date.", "replacement": useless.slug})
        assert (refused.status_code, why in refused.content.decode()) == (409, True)
    given = {"reason": "Out of date.", "replacement": f"https://example.org/articles/{signed.slug}/"}
    assert client.post(address, given).status_code == 302
    assert (fresh(other).state, fresh(other).replaced_by_id) == ("withdrawn", signed.pk)


def test_what_replaces_a_withdrawn_article_is_found_by_words_and_linked_for_readers(
    client: Client, editor: User, reviewer: User, chair: User
) -> None:
    wrong, better = submitted(editor, question="Wrong drug?"), submitted(editor, question="A better drug for kidneys?")
    submitted(editor, question="A better drug, withdrawn?").perform("withdraw", by=chair, reason="x")
    make_article(editor, question="A better drug, unseen?")
    address = reverse("do", args=[wrong.slug, "withdraw"])
    sign_in(client, chair)
    assert "Readers will see a notice at its address" in words(client, "record", wrong.slug)
    found = client.post(address, {"reason": "Out of date.", "replacement": "better DRUG", "find": "1"})
    page = found.content.decode()
    assert (found.status_code, fresh(wrong).state, re.findall(r'name="chosen" value="([^"]*)"', page)) == (
        200,
        "submitted",
        [better.slug, ""],
    )
    assert ">Out of date.</textarea>" in page
    nothing = client.post(address, {"replacement": "no such words", "find": "1"}).content.decode()
    assert "No public article’s question has these words." in nothing
    given = {"reason": "Out of date.", "replacement": "better DRUG", "chosen": better.slug}
    assert client.post(address, given).status_code == 302
    assert f'<a href="/articles/{better.slug}/">' in words(client, "article", wrong.slug)
    assert "Readers keep the notice that it was withdrawn until a version is signed." in words(
        client, "record", wrong.slug
    )


def test_discard_asks_once_says_who_can_undo_it_and_puts_the_version_away(client: Client, editor: User) -> None:
    article = make_article(editor)
    address = reverse("do", args=[article.slug, "discard"])
    asked = sign_in(client, editor).post(address)
    assert (asked.status_code, fresh(article).state) == (200, "draft")
    assert "Only the chair can open it again (Reinstate)." in asked.content.decode()
    assert client.post(address, {"sure": "1"}).status_code == 302
    page = words(client, "record", article.slug)
    assert ("<span>put away</span>" in page, "being written" in page) == (True, False)
    assert "Version 1 · put away" in words(client, "desk_version", article.slug, 1)


def test_the_record_leads_to_the_reviews_and_names_the_main_specialty_first(client: Client, editor: User) -> None:
    article = make_article(editor, specialties=("nephrology", "cardiology"))
    page = words(sign_in(client, editor), "record", article.slug)
    assert f'href="{reverse("reviews", args=[article.slug])}"' in page
    assert "Nephrology, Cardiology" in page


def test_a_signature_can_be_revoked_from_the_record_by_its_signer_or_the_chair(
    client: Client, editor: User, chair: User, reviewer: User, reviewer2: User
) -> None:
    article = approved(editor, reviewer)
    signoff = article.signoffs.get()
    address = reverse("revoke", args=[signoff.pk])
    for person, offered in ((editor, False), (reviewer2, False), (reviewer, True), (chair, True)):
        assert (address in words(sign_in(client, person), "record", article.slug)) == offered
    assert client.post(address, {"reason": "A mistake."}).status_code == 302
    page = words(client, "record", article.slug)
    assert "A mistake." in page
    assert address not in page


def test_hiding_and_showing_again(client: Client, editor: User, chair: User, reviewer: User) -> None:
    article = submitted(editor)
    sign_in(client, reviewer)
    address = reverse("hide", args=[article.slug])
    assert address in words(client, "record", article.slug)
    assert client.post(address, {"reason": " "}).status_code == 422
    assert client.post(address, {"reason": "A dose is wrong."}).status_code == 302
    assert (fresh(article).suspension or {})["reason"] == "A dose is wrong."
    assert client.post(address, {"reason": "Again."}).status_code == 409
    sign_in(client, chair)
    assert reverse("show", args=[article.slug]) in words(client, "record", article.slug)
    given = {"reason": "It was right.", "seen": article.suspensions.get().pk}
    assert client.post(reverse("show", args=[article.slug]), given).status_code == 302
    assert fresh(article).suspension is None


def test_the_record_says_where_it_stands_and_what_readers_see(client: Client, editor: User, reviewer: User) -> None:
    sign_in(client, editor)
    draft = make_article(editor)
    assert "Version 1 is being written. Readers have never seen it." in words(client, "record", draft.slug)
    sent = draft.perform("submit", by=editor)
    assert "Readers see the text under a caution that it is not yet reviewed." in words(client, "record", sent.slug)
    suspend(sent, by=reviewer, reason="Wrong.")
    assert "Its text is hidden; readers see a notice with the reason." in words(client, "record", sent.slug)
    signed = approved(editor, reviewer, question="Signed?")
    assert "Version 1 is signed. Readers see version 1, which is signed." in words(client, "record", signed.slug)


def test_two_versions_are_compared_with_quantities_and_references_apart(
    client: Client, editor: User, reviewer: User
) -> None:
    article = approved(editor, reviewer)
    changed = content().professional.replace("5 mg daily", "50 mg daily")
    article = revised(article, editor, professional=changed, references=content().references[:1], evidence=[])
    page = words(sign_in(client, editor), "compare", article.slug, 1, 2)
    for heading in (
        "Changed quantities",
        "Direct answer",
        "Wording for health professionals",
        "References",
        "Evidence",
    ):
        assert f">{heading}</h2>" in page
    arrow = '<span aria-hidden="true"> → </span><span class="visually-hidden">, now </span>'
    assert f"<del>5 mg</del>{arrow}<ins>50 mg</ins>" in page
    assert "Wording for patients and carers" not in page


def test_any_two_versions_are_chosen_on_the_record(client: Client, editor: User, auditor: User) -> None:
    article = submitted(editor)
    for _ in range(2):
        article = article.perform("recall", by=editor, reason="Wrong file.")
        article = amended(article, editor, title=f"Title {article.current_version.number}").perform("submit", by=editor)
    page = words(sign_in(client, auditor), "record", article.slug)
    assert ('name="from"' in page, 'name="to"' in page) == (True, True)
    url = reverse("compare_chosen", args=[article.slug])
    assert client.get(f"{url}?from=3&to=1").url == reverse("compare", args=[article.slug, 1, 3])
    record_url = reverse("record", args=[article.slug])
    for query in (
        "",
        "?from=1",
        "?from=1&to=1",
        "?from=1&to=9",
        "?from=x&to=²",
        f"?from={'9' * 30}&to=1",
        "?from=-1&to=2",
    ):
        assert client.get(url + query).url == f"{record_url}#versions"
    compared = words(client, "compare", article.slug, 1, 3)
    assert "The answer title changed." in compared


def test_what_changed_since_i_last_reviewed(client: Client, editor: User, reviewer: User, reviewer3: User) -> None:
    article = approved(editor, reviewer)
    for title in ("Second", "Third"):
        article = revised(article, editor, title=title).perform("submit", by=editor)
        article = article.perform("recall", by=editor, reason="Wait.").perform("abandon", by=editor)
    article = revised(article, editor, title="Newest")
    since = reverse("since", args=[article.slug])
    sign_in(client, reviewer)
    assert since in words(client, "record", article.slug)
    newest = article.current_version.number
    mine = reviewer.reviews.get().rounds.latest("id").version.number
    assert client.get(since).url == reverse("compare", args=[article.slug, mine, newest])
    assert sign_in(client, reviewer3).get(since).url == reverse("record", args=[article.slug])


def test_any_version_is_shown_in_full_whatever_became_of_it(client: Client, editor: User, auditor: User) -> None:
    article = submitted(editor).perform("recall", by=editor, reason="x")
    page = words(sign_in(client, auditor), "desk_version", article.slug, 1)
    assert "taken back by the editor" in page
    assert article.versions.get(number=1).content_sha256 in page
    assert "lowered pressure in 40 adults" in page
    assert "a lower dose" in words(client, "desk_version", article.slug, 1, query="?for=plain")


def test_a_long_list_of_versions_comes_in_pages(
    client: Client, editor: User, reviewer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(record, "VERSIONS", 2)
    article = submitted(editor)
    for _ in range(3):
        article = article.perform("recall", by=editor, reason="Wrong file.")
        article = amended(article, editor).perform("submit", by=editor)
    sign_in(client, editor)
    url = reverse("record", args=[article.slug])
    newest, older = (client.get(url + query).content.decode() for query in ("", "?before=3"))
    assert re.findall(r">Version (\d+)</a>", newest) == ["4", "3"]
    assert re.findall(r">Version (\d+)</a>", older) == ["2", "1"]
    assert ("compare with version 2" in newest, "compare with version 1" in older) == (True, True)
    assert ('href="?before=3#versions"' in newest, "Older versions" in older, "Newest versions" in older) == (
        True,
        False,
        True,
    )
    assert client.get(f"{url}?before=x").status_code == 200
