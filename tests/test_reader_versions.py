"""The public version history: what became of each version, and the texts that stay readable."""

from datetime import timedelta

from django.test import Client

from articles.models import Article
from oracle import clock
from oracle.accounts.models import User
from reviews import rounds
from tests.cast import judge_everything, sign
from tests.reading import (
    SITUATIONS,
    People,
    people_of_the_cast,  # noqa: F401
    read,
    revoked,
    sent_back,
    signed,
    signed_twice,
    words,
)


def url(article: Article, query: str = "") -> str:
    return f"/articles/{article.slug}/{query}"


def test_the_version_history_says_what_became_of_each(people: People, client: Client) -> None:
    article = signed_twice(people)
    today = f"{clock.today():%-d %B %Y}"
    said = words(read(client, f"/articles/{article.slug}/versions/"))
    assert (
        f"Version 2 Submitted on {today} Signed on {today}; the text that readers get now What changed: Clearer. "
        "Read version 2, the one shown now Version 1"
    ) in said
    assert f"Submitted on {today} Signed on {today}; a newer version followed Read version 1" in said


def test_a_version_signed_again_tells_of_its_last_signature(people: People, reviewer3: User, client: Client) -> None:
    article = signed(people)
    address, today = f"/articles/{article.slug}/versions/", f"{clock.today():%-d %B %Y}"
    article = revoked(article, people)
    said = words(read(client, address))
    assert f"A signature was taken back on {today} Its text is not public." in said
    later = clock.now() + timedelta(days=3)
    with clock.moved_to(later):
        row = rounds.take(article, by=reviewer3)
        judge_everything(row)
        sign(row)
        said = words(read(client, address))
    assert f"Submitted on {today} Signed on {later:%-d %B %Y}; the text that readers get now" in said


def test_an_old_signed_version_points_at_the_new_one(people: People, client: Client) -> None:
    article = signed_twice(people)
    markup = read(client, f"/articles/{article.slug}/versions/1/")
    assert f'<link rel="canonical" href="http://testserver/articles/{article.slug}/">' in markup
    assert "There is a newer version This is version 1, kept for the record" in words(markup)
    assert markup.index("There is a newer version") < markup.index('id="direct-answer"')
    assert "The disclaimer for professionals." in words(markup)
    assert article.versions.get(number=1).content_sha256 in markup


def test_a_version_that_cannot_be_read_says_what_became_of_it(people: People, client: Client) -> None:
    article = sent_back(people)
    said = words(read(client, f"/articles/{article.slug}/versions/1/"))
    today = f"{clock.today():%-d %B %Y}"
    assert f"not public Sent back by the board on {today}, with a request for changes. Read the article as it" in said


def test_the_version_shown_has_one_address(people: People, client: Client) -> None:
    article = signed_twice(people)
    response = client.get(f"/articles/{article.slug}/versions/2/?for=student")
    assert (response.status_code, response["Location"]) == (302, url(article, "?for=student"))
    read(client, f"/articles/{article.slug}/versions/3/", status=404)


def test_a_dropped_version_has_no_public_trace(people: People, client: Client) -> None:
    article = SITUATIONS["newer dropped"][0](people)
    assert "Version 2" not in words(read(client, f"/articles/{article.slug}/versions/"))
    read(client, f"/articles/{article.slug}/versions/2/", status=404)
