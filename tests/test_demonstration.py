"""The demonstration: made once, by the verbs, in DEBUG only; what it shows is what it says."""

from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db.models import Max

from articles.models import Article, Document, Specialty, Version
from articles.standing import standing
from oracle import clock
from oracle.accounts.demonstration import DEMONSTRATION_ACCOUNTS
from oracle.accounts.models import User
from oracle.audit.guards import history_of, regulated_models
from oracle.audit.history import record
from reviews.demonstration.build import play
from reviews.demonstration.people import Cast
from reviews.demonstration.stories import Moment
from reviews.founding import found
from reviews.judging import judge_all
from reviews.models import BoardMember, ClaimCheck, Comment, Round, SignOff, SignOffRule

CINACALCET = "cinacalcet-after-calciphylaxis"


def demonstration() -> str:
    out = StringIO()
    call_command("demonstration", stdout=out)
    return out.getvalue().splitlines()[-1]


def rows() -> dict[str, int]:
    """How many rows each regulated table and its history have, and the newest history row of each."""
    found_rows: dict[str, Any] = {}
    for model in regulated_models():
        history = history_of(model)._default_manager
        name = model._meta.label
        found_rows[name] = (
            model._default_manager.count(),
            history.count(),
            history.aggregate(Max("history_id"))["history_id__max"],
        )
    found_rows["signoffs"] = SignOff.objects.count()
    return found_rows


@pytest.mark.django_db(transaction=True)
def test_it_is_made_once_and_shows_every_place_of_the_work(settings: Any) -> None:
    settings.DEBUG = True
    assert demonstration() == "The demonstration is ready: 6 articles."

    today = clock.today()
    articles = {article.slug: article for article in Article.objects.all()}
    assert {slug: (article.state, str(standing(article, today))) for slug, article in articles.items()} == {
        CINACALCET: ("approved", "approved"),
        "vitamin-d-and-fractures": ("draft", "approved"),
        "apixaban-on-haemodialysis": ("approved", "approved"),
        "prednisolone-five-days-copd": ("under_review", "pending"),
        "aspirin-after-70": ("submitted", "pending"),
        "nitrofurantoin-days": ("draft", "pending"),
    }
    check_texts(articles)
    check_signatures(articles)
    check_case(articles[CINACALCET])
    check_half_judged(articles["prednisolone-five-days-copd"])
    check_people()
    check_time()

    before = rows()
    assert demonstration() == "The demonstration is already here."
    assert rows() == before


def check_texts(articles: dict[str, Article]) -> None:
    """Only the one draft has errors."""
    faulty = {
        slug
        for slug, article in articles.items()
        if any(finding.level == "error" for finding in newest(article).findings())
    }
    assert faulty == {"nitrofurantoin-days"}
    assert {
        finding.rule for finding in newest(articles["nitrofurantoin-days"]).findings() if finding.level == "error"
    } >= {
        "empty-direct-answer",
        "citation-without-reference",
        "unmatched-number",
    }


def newest(article: Article) -> Version:
    return article.versions.latest("number")


def check_signatures(articles: dict[str, Article]) -> None:
    signed = {
        slug: [(signoff.printed_name, signoff.version.number) for signoff in article.signoffs.order_by("id")]
        for slug, article in articles.items()
    }
    assert signed == {
        CINACALCET: [("Demo Nephrologist", 2)],
        "vitamin-d-and-fractures": [("Demo Generalist", 1)],
        "apixaban-on-haemodialysis": [("Demo Cardiologist", 1), ("Demo Nephrologist", 1)],
        "prednisolone-five-days-copd": [],
        "aspirin-after-70": [],
        "nitrofurantoin-days": [],
    }
    for article in articles.values():
        if article.standing_version:
            judged = judge_all(article.standing_version)
            assert [item.number for item in judged if not item.counted or item.stops] == []


def check_case(article: Article) -> None:
    """The unsafe dose was judged unsafe in version 1 and answered; in version 2 only what changed was judged."""
    first, second = article.versions.order_by("number")
    checks = ClaimCheck.objects.filter(version=first)
    assert [(check.verdict, "119 g/m²" in check.text) for check in checks.exclude(verdict="supported")] == [
        ("partly", False),
        ("unsafe", True),
    ]
    assert (first.outcome, second.outcome) == ("sent_back", "signed")
    assert "119 g/m² per week at first and at 40" in first.professional
    assert "119 g/m²" not in second.professional
    remarks = Comment.objects.filter(article=article, blocking=True)
    assert remarks.count() == 2
    assert {(bool(remark.answer), remark.resolved_at is not None) for remark in remarks} == {(True, True)}
    unchanged = {claim.id for claim in first.fixed_claims} & {claim.id for claim in second.fixed_claims}
    judged_again = set(ClaimCheck.objects.filter(version=second).values_list("claim", flat=True))
    assert judged_again == {claim.id for claim in second.fixed_claims} - unchanged
    assert second.plain
    assert second.abbreviations
    assert second.evidence


def check_half_judged(article: Article) -> None:
    row = Round.objects.active().get(article=article)
    assert row.checks.count() == len(row.version.fixed_claims) // 2


def check_people() -> None:
    accounts = {account.email: [role.value for role in account.roles] for account in DEMONSTRATION_ACCOUNTS}
    assert dict(User.objects.values_list("email", "roles")) == accounts
    assert BoardMember.objects.count() == 3
    assert [member.lapse(clock.today()) for member in BoardMember.objects.all()] == [None, None, None]


def check_time() -> None:
    """The record runs forward: in every table, a later row has a later time; nothing lies in the future."""
    for model in regulated_models():
        times = list(history_of(model)._default_manager.order_by("history_id").values_list("history_date", flat=True))
        assert times == sorted(times)
        assert all(moment < clock.now() for moment in times)


@pytest.mark.django_db
def test_it_is_refused_without_debug(settings: Any) -> None:
    settings.DEBUG = False
    with pytest.raises(CommandError, match="DEBUG=1"):
        demonstration()
    assert not User.objects.exists()
    assert not Specialty.objects.exists()


@pytest.mark.django_db
def test_it_leaves_other_data_alone(settings: Any) -> None:
    settings.DEBUG = True
    User.objects.create_user("somebody@example.org", "a password of some length", name="Somebody")
    before = rows()
    assert demonstration() == (
        "This database holds other data; the demonstration was not made. Give it one of its own."
    )
    assert rows() == before


@pytest.mark.django_db
def test_an_interrupted_start_leaves_no_half(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(cast: Cast) -> Iterator[Moment]:
        yield 100, "09:00"
        raise KeyboardInterrupt

    settings.DEBUG = True
    monkeypatch.setattr("reviews.demonstration.build.STORIES", (interrupted,))
    with pytest.raises(KeyboardInterrupt):
        demonstration()
    assert not User.objects.exists()
    assert not Document.objects.exists()


def test_stories_take_turns_in_the_order_of_time() -> None:
    told: list[tuple[str, int]] = []

    def story(name: str, *days: int) -> Any:
        def steps(cast: Cast) -> Iterator[Moment]:
            for day in days:
                yield day, "09:00"
                told.append((name, (today - clock.today()).days))

        return steps

    today = clock.today()
    play((story("a", 9, 2), story("b", 5, 1)), {}, today)
    assert told == [("a", 9), ("b", 5), ("a", 2), ("b", 1)]


@pytest.mark.django_db
def test_founding_twice_changes_nothing() -> None:
    found()
    before = rows()
    found()
    assert rows() == before
    assert list(
        SignOffRule.objects.order_by("signatures").values_list("risk", "signatures", "specialties", "months")
    ) == [
        ("standard", 1, 1, 36),
        ("high", 2, 2, 12),
    ]
    assert set(Document.objects.values_list("kind", "number", "withholds")) == {
        ("policy", 1, "high"),
        ("disclaimer_professional", 1, "high"),
        ("disclaimer_plain", 1, "high"),
    }


@pytest.mark.django_db
def test_founding_keeps_what_the_house_has_changed() -> None:
    found()
    rule = SignOffRule.objects.get(risk="standard")
    rule.months = 24
    record(rule, by=None, event="rule.save")
    found()
    assert SignOffRule.objects.get(risk="standard").months == 24
