"""What the demonstration shows: every state and standing, each reached by the verbs; texts and references in order."""

import re
from datetime import timedelta
from typing import Any

import pytest

from articles.models import Article, Report, State, Version
from articles.standing import Standing, standing
from articles.text.citations import keys_in
from articles.text.content import Content
from articles.text.references import has_locator, problems
from oracle import clock
from oracle.accounts.demonstration import DEMONSTRATION_ACCOUNTS
from oracle.accounts.models import User
from oracle.audit.guards import history_of, regulated_models
from reviews.correcting import offered
from reviews.demonstration.build import build
from reviews.judging import judge_all
from reviews.models import Answer, BoardMember, ClaimCheck, Comment, Review, Round

CINACALCET, APIXABAN = "cinacalcet-after-calciphylaxis", "apixaban-on-haemodialysis"
# By address: state, standing, specialties, what became of each version, who signed which.
ARTICLES: dict[str, tuple[str, str, list[str], list[str], list[tuple[str, int]]]] = {
    CINACALCET: ("approved", "approved", ["nephrology"], ["sent_back", "signed"], [("Demo Nephrologist", 2)]),
    "iron-every-other-day": (
        "approved",
        "overdue",
        ["haematology", "gastroenterology"],
        ["signed"],
        [("Demo Haematologist", 1)],
    ),
    "salbutamol-alone-in-mild-asthma": (
        "withdrawn",
        "withdrawn",
        ["respiratory-medicine"],
        ["withdrawn"],
        [("Demo Chest Physician", 1)],
    ),
    "budesonide-formoterol-as-reliever": (
        "approved",
        "approved",
        ["respiratory-medicine", "general-medicine"],
        ["signed"],
        [("Demo Chest Physician", 1)],
    ),
    "topiramate-for-migraine": (
        "draft",
        "suspended",
        ["neurology", "general-medicine"],
        ["signed", ""],
        [("Demo Neurologist", 1), ("Demo Generalist", 1)],
    ),
    "vitamin-d-and-fractures": (
        "under_review",
        "approved",
        ["general-medicine", "endocrinology"],
        ["signed", ""],
        [("Demo Generalist", 1)],
    ),
    APIXABAN: (
        "under_review",
        "approved",
        ["cardiology", "nephrology"],
        ["signed", ""],
        [("Demo Cardiologist", 1), ("Demo Nephrologist", 1)],
    ),
    "dexamethasone-for-croup": (
        "changes_requested",
        "pending",
        ["paediatrics", "respiratory-medicine"],
        ["sent_back", ""],
        [],
    ),
    "prednisolone-five-days-copd": ("under_review", "pending", ["general-medicine", "respiratory-medicine"], [""], []),
    "aspirin-after-70": ("submitted", "pending", ["cardiology", "general-medicine"], [""], []),
    "nitrofurantoin-days": ("draft", "pending", ["infectious-diseases"], [""], []),
}
# The one draft that is there to show what the checks find.
FAULTY = "nitrofurantoin-days"


@pytest.mark.django_db
def test_what_the_demonstration_shows() -> None:
    build()
    articles = {article.slug: article for article in Article.objects.all()}
    assert {slug: facts(article) for slug, article in articles.items()} == ARTICLES
    assert {state for state, *_ in ARTICLES.values()} == set(State.values)
    assert {told for _, told, *_ in ARTICLES.values()} == {str(one) for one in Standing}
    assert len({specialties[0] for _, _, specialties, *_ in ARTICLES.values()}) >= 6
    check_texts()
    check_signed()
    check_high_risk()
    check_case(articles[CINACALCET])
    check_half_judged()
    check_correction(articles[APIXABAN])
    check_invitations(articles["aspirin-after-70"])
    check_what_waits(articles)
    check_people()
    check_record()


def facts(article: Article) -> tuple[Any, ...]:
    return (
        article.state,
        str(standing(article, clock.today())),
        article.specialties,
        list(article.versions.order_by("number").values_list("outcome", flat=True)),
        [(signoff.printed_name, signoff.version.number) for signoff in article.signoffs.order_by("id")],
    )


def check_texts() -> None:
    """No version sent has an error, each warning has its reason, every citation its reference, and none is unused."""
    for version in Version.objects.exclude(article__slug=FAULTY):
        found = version.findings()
        errors = [finding.rule for finding in found if finding.level == "error"]
        assert errors == ([] if version.frozen or version.change_note else ["missing-change-note"])
        cited = {key for text in texts(version.content) for key in keys_in(text)}
        assert cited == {item["id"] for item in version.references}
        assert {passage["key"] for passage in version.evidence} <= cited
        assert [problem for item in version.references for problem in problems(item)] == []
        assert version.plain
        assert version.content.direct_answer.startswith(("Yes", "No", "It depends"))
        if version.frozen:
            assert set(version.waivers.values_list("rule", flat=True)) == {finding.rule for finding in found}
    check_locators([item for version in Version.objects.all() for item in version.references])
    check_faulty(Version.objects.get(article__slug=FAULTY))


def texts(content: Content) -> tuple[str, str, str]:
    return content.direct_answer, content.professional, content.plain


def check_locators(items: list[dict[str, Any]]) -> None:
    """A DOI, PMID or address where it is known for certain, in its right form; labels are cited by their title."""
    for item in items:
        assert re.fullmatch(r"10\.\d{4}/\S+", item.get("DOI", "10.1000/x")), item
        assert re.fullmatch(r"\d{8}", item.get("PMID", "12345678")), item
        assert item.get("URL", "https://").startswith("https://"), item
    without = {item["id"] for item in items if not has_locator(item)}
    assert without == {
        "deen2019",
        "eliquis2021",
        "geelhoed1995",
        "pokorney2022",
        "raymond2008",
        "sensipar2019",
        "symbicort2023",
        "tamayoisla2015",
        "topamax2023",
    }


def check_faulty(version: Version) -> None:
    assert {finding.rule for finding in version.findings() if finding.level == "error"} == {
        "empty-direct-answer",
        "citation-without-reference",
        "unmatched-number",
    }


def check_signed() -> None:
    """Each signature is on the hash that the text still has; every statement was judged, and none stops approval."""
    for article in Article.objects.exclude(signoffs=None):
        for signoff in article.signoffs.all():
            assert signoff.content_sha256 == signoff.version.content_sha256 == signoff.version.content.sha256()
        if article.standing_version:
            judged = judge_all(article.standing_version)
            assert [item.number for item in judged if not item.counted or item.stops] == []


def check_high_risk() -> None:
    """Two signatures, from different specialties, on whatever of high risk was signed."""
    signed = Article.objects.filter(risk="high").exclude(signoffs=None)
    mains = {article.slug: {signoff.specialties[0] for signoff in article.signoffs.all()} for article in signed}
    assert mains == {
        "apixaban-on-haemodialysis": {"cardiology", "nephrology"},
        "topiramate-for-migraine": {"neurology", "general-medicine"},
    }


def check_case(article: Article) -> None:
    """The unsafe dose was judged unsafe in version 1 and mended; in version 2 only what changed was judged."""
    first, second = article.versions.order_by("number")
    checks = ClaimCheck.objects.filter(version=first)
    assert [(check.verdict, "119 g/m²" in check.text) for check in checks.exclude(verdict="supported")] == [
        ("partly", False),
        ("unsafe", True),
    ]
    assert "119 g/m² per week at first and at 40" in first.professional
    assert "119 g/m²" not in second.professional
    assert "25 g intravenously three times a week" in second.professional
    assert "43 g/m² per week" in second.professional
    check_objections(article)
    unchanged = {claim.id for claim in first.fixed_claims} & {claim.id for claim in second.fixed_claims}
    judged_again = set(ClaimCheck.objects.filter(version=second).values_list("claim", flat=True))
    assert judged_again == {claim.id for claim in second.fixed_claims} - unchanged
    assert second.abbreviations
    assert second.evidence
    received = Version.history.filter(article_id=article.pk).earliest("history_id")
    assert [item["title"][:35] for item in received.references][:1] == ["Calciphylaxis in end-stage renal di"]
    assert "82.8 % with cinacalcet in combination[1]" in received.professional.replace(" [", "[").replace(".[", "[")


def check_objections(article: Article) -> None:
    """Of three objections two were mended in the text and one was answered in words; all are closed as met."""
    remarks = Comment.objects.filter(article=article, blocking=True).order_by("id")
    answers = [remark.answer for remark in remarks]
    assert [answer == "Mended in the text." for answer in answers] == [True, False, True]
    assert answers[1].startswith("We kept “Yes”.")
    assert {remark.resolved_by.name for remark in remarks if remark.resolved_by} == {"Demo Nephrologist"}


def check_half_judged() -> None:
    """One review of a first version, which is late, and one of what changed in a newer one are half done."""
    rows = {row.article.slug: row for row in Round.objects.active().exclude(article__slug=APIXABAN)}
    assert set(rows) == {"prednisolone-five-days-copd", "vitamin-d-and-fractures"}
    assert [row.article.slug for row in Round.objects.late(clock.today())] == ["prednisolone-five-days-copd"]
    for row in rows.values():
        left = [item for item in judge_all(row.version) if not item.by(row.reviewer.pk)]
        assert abs(row.checks.count() - len(left)) <= 1
        assert left


def check_correction(article: Article) -> None:
    """Both signers have the next version, in which a misprint is mended; one of them signs it as a correction."""
    rows = {row.reviewer.name: row for row in Round.objects.active().filter(article=article)}
    assert set(rows) == {"Demo Cardiologist", "Demo Nephrologist"}
    assert all(offered(row) for row in rows.values())
    assert "another trial in these" in article.current_version.professional


def check_invitations(article: Article) -> None:
    """The cardiologist has some days left to answer; the generalist accepted."""
    asked = Review.objects.exclude(invited_at=None).order_by("id")
    assert {row.reviewer.name: row.answer for row in asked} == {
        "Demo Generalist": Answer.ACCEPTED,
        "Demo Cardiologist": Answer.WAITING,
    }
    waiting = Review.objects.to_answer().get()
    assert (waiting.article, waiting.answer_by) == (article, clock.today() + timedelta(days=4))


def check_what_waits(articles: dict[str, Article]) -> None:
    """Objections for the editor, an interest for the chair, a hidden text, two reports, and where to read instead."""
    croup = Comment.objects.unanswered().filter(article=articles["dexamethasone-for-croup"])
    assert sorted(remark.body[:14] for remark in croup) == ["A dose per kil", "The plain word", "The source doe"]
    suggested = Comment.objects.exclude(replacement=None).get()
    assert suggested.version.article == articles["dexamethasone-for-croup"]
    assert (suggested.quote, suggested.applied_at) == ("the parents know when to return", None)
    declared = Review.objects.get(conflict="declared")
    assert (declared.article, declared.cleared_by) == (articles["aspirin-after-70"], None)
    reports = Report.objects.order_by("id").values_list("article__slug", "could_harm")
    assert list(reports) == [("vitamin-d-and-fractures", False), ("topiramate-for-migraine", True)]
    old = articles["salbutamol-alone-in-mild-asthma"]
    assert old.replaced_by == articles["budesonide-formoterol-as-reliever"]


def check_people() -> None:
    accounts = {account.email: [role.value for role in account.roles] for account in DEMONSTRATION_ACCOUNTS}
    assert dict(User.objects.values_list("email", "roles")) == accounts
    today = clock.today()
    members = BoardMember.objects.all()
    assert len(members) == 7
    assert {member.lapse(day) for member in members for day in (today, today + timedelta(days=240))} == {None}


def check_record() -> None:
    """In every table, a later row has a later time, none lies ahead; whatever people decide has a person."""
    by_nobody: set[str] = set()
    for model in regulated_models():
        rows = history_of(model)._default_manager.order_by("history_id")
        times = list(rows.values_list("history_date", flat=True))
        assert times == sorted(times)
        assert all(moment < clock.now() for moment in times)
        events = rows.filter(history_user=None).values_list("history_event", flat=True)
        by_nobody |= {f"{model.__name__} {event}" for event in events}
    assert by_nobody == {
        "User user.create",
        "Article article.start_review",
        "Round round.begin",
        "Version article.approve",
        "Version article.request_changes",
        "Version article.revise",
        "Version article.submit",
        "Version article.withdraw",
    }
