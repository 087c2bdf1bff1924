"""The auditor's timeline: every change, by whom, in which role then, why; filtered, folded, opened."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from articles.models import Article
from articles.models.version import write
from oracle import clock
from oracle.accounts import people
from oracle.accounts.authentication import Proof
from oracle.accounts.models import User
from oracle.audit import timeline
from oracle.audit.timeline import Filters
from reviews import checking, rounds, signing
from tests import cast

pytestmark = pytest.mark.django_db
HOSTILE = '<script>alert("x")</script>'


def told(filters: Filters) -> list[tuple[str, str]]:
    return [(line.lead.name, line.sentence) for line in timeline.folded(timeline.entries(filters))]


def saved(article: Article, editor: User, words: str) -> None:
    article = Article.objects.get(pk=article.pk)
    assert article.current_version
    base = article.current_version.fingerprint
    write(article, by=editor, base=base, content=cast.content(direct_answer=f"{words} [@one]."))


def test_the_main_job_is_told_step_by_step(editor: User, reviewer: User) -> None:
    article = cast.approved(editor, reviewer)
    statements = len(article.current_version.fixed_claims)
    assert told(Filters(article=article.pk)) == [
        ("Rita Reviewer", "approved version 1: the signatures meet the rule"),
        ("Rita Reviewer", "finished round 1 on version 1 with a signature"),
        ("Rita Reviewer", "signed version 1 as approval for publication"),
        ("Rita Reviewer", f"judged {statements} statements"),
        ("Rita Reviewer", "began the review of version 1"),
        ("Rita Reviewer", "took the article: round 1 on version 1"),
        ("Rita Reviewer", "answered the question about interests: no conflict of interest"),
        ("Edith Editor", "sent version 1 to the board"),
        ("Edith Editor", "began the article"),
    ]


def test_a_version_sent_back_is_told_with_its_reason(editor: User, reviewer: User) -> None:
    article, row = cast.under_review(editor, reviewer)
    rounds.ask_for_changes(row, by=reviewer, reason="The dose has no source.")
    asked, ended = timeline.folded(timeline.entries(Filters(article=article.pk)))[:2]
    assert (asked.sentence, asked.lead.reason) == ("asked for changes", "The dose has no source.")
    assert sorted(entry.sentence for entry in asked.entries) == [
        "asked for changes",
        "noted what became of version 1: sent back by the board",
        "opened version 2",
        "put an objection beside the text",
    ]
    assert ended.sentence == "finished round 1 on version 1, asking for changes"


def test_a_refused_signature_is_on_the_timeline_with_the_roles_of_then(
    editor: User, reviewer: User, administrator: User
) -> None:
    article, row = cast.under_review(editor, reviewer)
    signing.try_to_sign(
        row, by=reviewer, shown_sha256=row.version.content_sha256, proof=Proof(password="wrong"), answers=cast.ALL_YES
    )
    people.change_roles(reviewer, ["auditor"], by=administrator, reason="Left the board.")
    newest = timeline.entries(Filters(article=article.pk))[0]
    assert (newest.sentence, newest.roles, newest.roles_in_words) == (
        "tried to sign version 1 and was refused",
        ("reviewer",),
        "board member",
    )
    assert newest.reason == "The password is not right; nothing was signed."


def test_saves_of_one_sitting_are_one_line(editor: User, editor2: User) -> None:
    article = cast.make_article(editor)
    morning = clock.now()
    for minutes, person in ((1, editor), (11, editor), (40, editor2), (45, editor), (80, editor)):
        with clock.moved_to(morning + timedelta(minutes=minutes)):
            saved(article, person, f"Text of minute {minutes}")
    assert told(Filters(article=article.pk, event="version.save")) == [
        ("Edith Editor", "saved the text"),
        ("Edith Editor", "saved the text"),
        ("Edgar Editor", "saved the text"),
        ("Edith Editor", "saved the text 2 times"),
    ]


def test_a_verdict_given_again_is_still_one_statement(editor: User, reviewer: User) -> None:
    article, row = cast.under_review(editor, reviewer)
    claim = row.version.fixed_claims[0].id
    for verdict in ("supported", "cannot_tell", "supported"):
        checking.judge(row, claim, by=reviewer, verdict=verdict)
    line = timeline.folded(timeline.entries(Filters(article=article.pk)))[0]
    assert (line.sentence, len(line.entries)) == ("judged 1 statement", 3)


def test_filters(editor: User, reviewer: User, chair: User) -> None:
    one, two = cast.approved(editor, reviewer), cast.submitted(editor, question="Another question?")
    two.perform("withdraw", by=chair, reason="A duplicate of 100 % the same.")
    everything = timeline.entries(Filters(), limit=1000)
    middle = everything[len(everything) // 2].at
    wanted: dict[str, tuple[Filters, Any]] = {
        "person": (Filters(person=chair.pk), lambda entry: entry.person == chair.pk),
        "article": (Filters(article=two.pk), lambda entry: entry.article == two.pk),
        "event": (Filters(event="article.submit"), lambda entry: entry.event == "article.submit"),
        "made": (Filters(event="signoff.made"), lambda entry: entry.about == "signoff"),
        "since": (Filters(since=middle), lambda entry: entry.at >= middle),
        "until": (Filters(until=middle), lambda entry: entry.at < middle),
        "words": (Filters(words="A DUPLICATE of 100 %"), lambda entry: "duplicate" in entry.reason),
        "both": (Filters(person=editor.pk, article=one.pk), lambda e: (e.person, e.article) == (editor.pk, one.pk)),
    }
    for name, (filters, fits) in wanted.items():
        expected = [entry for entry in everything if fits(entry)]
        assert expected, name
        assert timeline.entries(filters, limit=1000) == expected, name
    assert timeline.entries(Filters(words="article.submit")) == []


def test_paging_gives_every_entry_once_in_order(editor: User, reviewer: User) -> None:
    cast.approved(editor, reviewer)
    whole = timeline.entries(Filters(), limit=1000)
    assert [entry.position for entry in whole] == sorted((entry.position for entry in whole), reverse=True)
    pages, before = [], None
    while page := timeline.entries(Filters(), before=before, limit=3):
        pages += page
        before = timeline.Position.parse(str(page[-1].position))
    assert pages == whole


def test_equal_times_are_paged_without_loss(editor: User, monkeypatch: pytest.MonkeyPatch) -> None:
    moment = clock.now()
    monkeypatch.setattr(clock, "now", lambda: moment)
    for number in range(3):
        cast.make_article(editor, question=f"Question {number}?")
    whole = timeline.entries(Filters(since=moment), limit=1000)
    pages, before = [], None
    while page := timeline.entries(Filters(since=moment), before=before, limit=2):
        pages += page
        before = page[-1].position
    assert len(whole) == 9
    assert pages == whole


@pytest.mark.parametrize(
    "text",
    [
        "x",
        "~~",
        "2026-01-01~1~articles_historicalarticle",
        "2026-01-01T00:00:00+00:00~1~accounts_user",
        "0001-01-01T00:00:00+14:00~1~articles_historicalarticle",
        "9999-12-31T23:59:59-14:00~1~articles_historicalarticle",
    ],
)
def test_a_broken_position_is_no_page(client: Client, auditor: User, text: str) -> None:
    assert cast.sign_in(client, auditor).get(reverse("timeline"), {"before": text}).status_code == 404


def test_an_odd_zone_of_a_position_is_read(client: Client, auditor: User) -> None:
    asked = {"before": "2026-01-01T00:00:00+23:59:59.999999~1~articles_historicalarticle"}
    assert cast.sign_in(client, auditor).get(reverse("timeline"), asked).status_code == 200


@pytest.mark.parametrize("day", ["0001-01-01", "1899-12-31", "3000-01-01", "9999-12-31"])
@pytest.mark.parametrize("end", ["since", "until"])
def test_a_day_beyond_any_record_is_said_so(client: Client, auditor: User, end: str, day: str) -> None:
    response = cast.sign_in(client, auditor).get(reverse("timeline"), {end: day})
    assert response.status_code == 200
    assert response.context["form"].errors == {end: ["Choose a day between the years 1900 and 2999."]}


@pytest.mark.parametrize("day", ["1900-01-01", "2999-12-31"])
def test_the_first_and_the_last_day_to_ask_for(client: Client, auditor: User, day: str, settings: Any) -> None:
    settings.TIME_ZONE = "Pacific/Kiritimati"
    response = cast.sign_in(client, auditor).get(reverse("timeline"), {"since": day, "until": day})
    assert (response.status_code, response.context["lines"]) == (200, [])


@pytest.mark.parametrize(
    "asked", [{"person": "9" * 30}, {"person": "x"}, {"action": "nonsense"}, {"since": "x"}, {"words": "x" * 201}]
)
def test_a_bad_filter_is_said_so(client: Client, auditor: User, asked: dict[str, str]) -> None:
    response = cast.sign_in(client, auditor).get(reverse("timeline"), asked)
    assert response.status_code == 200
    assert list(response.context["form"].errors) == list(asked)


READERS = {
    "auditor": (200, 200, 200, 200),
    "chair": (200, 200, 200, 200),
    "administrator": (200, 404, 404, 200),
    "editor": (404, 200, 200, 404),
    "reviewer": (404, 200, 200, 404),
    "outsider": (404, 404, 404, 404),
    "superuser": (404, 404, 404, 404),
}


@pytest.mark.parametrize("name", READERS)
def test_who_may_read_what(name: str, editor: User, request: pytest.FixtureRequest, client: Client) -> None:
    article = cast.make_article(editor)
    person = request.getfixturevalue(name)
    of_article, of_person = (timeline.entries(filters)[0] for filters in (Filters(article=article.pk), Filters()))
    of_person = next(entry for entry in timeline.entries(Filters(), limit=1000) if entry.about == "user")
    pages = (
        reverse("timeline"),
        reverse("story", args=[article.pk]),
        reverse("entry", args=[of_article.table, of_article.id]),
        reverse("entry", args=[of_person.table, of_person.id]),
    )
    cast.sign_in(client, person)
    assert tuple(client.get(page).status_code for page in pages) == READERS[name]


def test_an_administrator_reads_what_is_of_no_article(
    client: Client, administrator: User, editor: User, reviewer: User
) -> None:
    article = cast.approved(editor, reviewer)
    cast.sign_in(client, administrator)
    response = client.get(reverse("timeline"))
    told = {entry.about for line in response.context["lines"] for entry in line.entries}
    assert told == {"user", "boardmember", "signoffrule", "document", "specialty"}
    assert article.slug not in response.content.decode()
    assert list(response.context["form"].fields) == ["person", "action", "since", "until", "words"]
    assert "Every change on record" not in response.content.decode()
    # No filter is a way round.
    for asked in ({"article": article.slug}, {"article": "no-such"}, {"person": editor.pk}, {"words": "a"}):
        lines = client.get(reverse("timeline"), asked).context["lines"]
        assert [entry for line in lines for entry in line.entries if entry.article] == []
    assert "lines" not in client.get(reverse("timeline"), {"action": "article.submit"}).context


def test_an_administrator_who_also_edits_reads_stories_and_no_more(client: Client, editor: User) -> None:
    both = cast.person("Bea Both", "administrator", "editor")
    article = cast.make_article(editor)
    cast.sign_in(client, both)
    assert client.get(reverse("story", args=[article.pk])).status_code == 200
    lines = client.get(reverse("timeline")).context["lines"]
    assert [entry for line in lines for entry in line.entries if entry.article] == []


def test_nobody_writes_to_the_record(client: Client, auditor: User) -> None:
    assert cast.sign_in(client, auditor).post(reverse("timeline")).status_code == 405


def test_no_such_entry(client: Client, auditor: User) -> None:
    cast.sign_in(client, auditor)
    for table, entry in (("accounts_user", 1), ("articles_historicalarticle", 10**9), ("nonsense", 1)):
        assert client.get(reverse("entry", args=[table, entry])).status_code == 404


def test_the_same_queries_at_one_and_at_three_articles(
    client: Client, auditor: User, editor: User, reviewer: User, django_assert_num_queries: Any
) -> None:
    cast.sign_in(client, auditor)
    article = cast.approved(editor, reviewer)
    # Session, person, the savepoint of the request and its end; then the list, and who or what it is about.
    pages = {reverse("timeline"): 6, reverse("story", args=[article.pk]): 6}
    for page, queries in pages.items():
        with django_assert_num_queries(queries):
            client.get(page)
    for number in range(2):
        cast.approved(editor, reviewer, question=f"Question {number}?")
    for page, queries in pages.items():
        with django_assert_num_queries(queries):
            client.get(page)


def test_the_page_keeps_its_filters_in_the_address(client: Client, auditor: User, editor: User) -> None:
    article = cast.submitted(editor)
    cast.submitted(editor, question="Another question?")
    asked: dict[str, Any] = {
        "person": editor.pk,
        "article": article.slug,
        "action": "article.submit",
        "since": clock.today().isoformat(),
        "until": clock.today().isoformat(),
    }
    response = cast.sign_in(client, auditor).get(reverse("timeline"), asked)
    assert [line.lead.article for line in response.context["lines"]] == [article.pk]
    assert f'value="{article.slug}"' in response.content.decode()
    tomorrow = clock.today() + timedelta(days=1)
    later = client.get(reverse("timeline"), {"since": tomorrow.isoformat()})
    assert "No entry of the record matches this." in later.content.decode()


def test_older_entries_are_one_link_away(
    client: Client, auditor: User, editor: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    cast.submitted(editor)
    monkeypatch.setattr(timeline, "PAGE", 4)
    whole = timeline.entries(Filters(person=editor.pk), limit=1000)
    cast.sign_in(client, auditor)
    seen, address = [], f"?person={editor.pk}"
    while address:
        context = client.get(reverse("timeline") + address).context
        seen += [entry.position for line in context["lines"] for entry in line.entries]
        address = context["older"]
    assert sorted(seen, reverse=True) == [entry.position for entry in whole]


def test_an_unknown_article_is_said_so(client: Client, auditor: User) -> None:
    page = cast.sign_in(client, auditor).get(reverse("timeline"), {"article": "no-such"}).content.decode()
    assert "There is no article with the address “no-such”" in page


def test_a_round_opened_by_the_system_names_its_reviewer(editor: User, reviewer: User) -> None:
    article, row = cast.under_review(editor, reviewer)
    rounds.ask_for_changes(row, by=reviewer, reason="The dose has no source.")
    cast.sent_again(Article.objects.get(pk=article.pk), editor)
    assert told(Filters(article=article.pk, event="round.begin")) == [
        ("", "opened a new round for Rita Reviewer: round 2 on version 2"),
        ("Rita Reviewer", "took the article: round 1 on version 1"),
    ]


def test_times_carry_their_zone(client: Client, auditor: User, editor: User, settings: Any) -> None:
    settings.TIME_ZONE = "Europe/Berlin"
    with clock.moved_to(datetime.fromisoformat("2030-07-01T12:00:00+00:00")):
        article = cast.make_article(editor)
    page = cast.sign_in(client, auditor).get(reverse("story", args=[article.pk])).content.decode()
    assert "14:00:00 Europe/Berlin" in page or "14:00:00 CEST" in page


def test_hostile_words_show_as_text_in_the_list(client: Client, auditor: User, chair: User, editor: User) -> None:
    article = cast.submitted(editor, question=f"Is {HOSTILE} safe?")
    article.perform("withdraw", by=chair, reason=HOSTILE)
    cast.sign_in(client, auditor)
    for page in (reverse("timeline"), reverse("story", args=[article.pk])):
        words = client.get(page).content.decode()
        assert HOSTILE not in words
        assert "&lt;script&gt;" in words
