"""What the back office writes: one history row for each save, with who, in which roles, what and why; else nothing."""

from datetime import timedelta
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from articles.models import Document, Specialty
from oracle import clock
from oracle.accounts.models import User
from reviews.models import BoardMember, SignOffRule
from tests import cast

pytestmark = pytest.mark.django_db


def signed_in(user: User) -> Client:
    return cast.sign_in(Client(), user)


class Office:
    """One person at one form: `send` posts what the form holds, with some of it changed."""

    def __init__(self, user: User, name: str, row: Any = None, **query: str) -> None:
        self.client = signed_in(user)
        self.url = reverse(f"office:{name}_{'change' if row else 'add'}", args=[row.pk] if row else [])
        self.query = {"QUERY_STRING": "&".join(f"{key}={value}" for key, value in query.items())}
        response = self.client.get(self.url, query)
        assert response.status_code == 200
        form = response.context["form"]
        values = {name: form[name].value() for name in form.fields}
        self.held = {name: "" if value is None else value for name, value in values.items()}

    def send(self, **changes: Any) -> HttpResponse:
        return self.client.post(self.url, {**self.held, **changes}, **self.query)


def told(row: Any) -> tuple[Any, ...]:
    """What the newest history row says, and how many there are."""
    rows = type(row).history.filter(pk__isnull=False, **{row._meta.pk.attname: row.pk})
    newest = rows.latest("history_id")
    person = newest.history_user and newest.history_user.name
    return newest.history_event, person, newest.history_roles, newest.history_change_reason, rows.count()


def errors(response: Any) -> dict[str, list[str]]:
    return {name: list(found) for name, found in response.context["form"].errors.items()}


# Board records.


@pytest.fixture
def member(reviewer: User) -> BoardMember:
    return BoardMember.objects.get(user=reviewer)


def test_a_board_record_is_saved_with_its_reason(administrator: User, member: BoardMember) -> None:
    response = Office(administrator, "reviews_boardmember", member).send(affiliation="New Hospital", reason="Moved.")
    assert (response.status_code, response["Location"]) == (302, reverse("office:reviews_boardmember_changelist"))
    assert BoardMember.objects.get().affiliation == "New Hospital"
    assert told(member) == ("board.save", "Adam Administrator", ["administrator"], "Moved.", 2)
    assert BoardMember.objects.get().checked_by is None  # what the check speaks of did not change


@pytest.mark.parametrize(
    "change", [{"credentials": "MD, PhD"}, {"register": "GMC"}, {"register_number": "7"}, {"checked_on": None}]
)
def test_who_changes_what_the_check_speaks_of_has_made_it(
    change: dict[str, Any], administrator: User, member: BoardMember
) -> None:
    change = {name: value or clock.today() - timedelta(days=1) for name, value in change.items()}
    Office(administrator, "reviews_boardmember", member).send(**change, reason="Looked up.")
    assert BoardMember.objects.get().checked_by == administrator


def test_a_check_taken_back_has_no_author(administrator: User, member: BoardMember) -> None:
    Office(administrator, "reviews_boardmember", member).send(register="GMC", reason="Looked up.")
    Office(administrator, "reviews_boardmember", member).send(checked_on="", expires_on="", reason="It was another.")
    kept = BoardMember.objects.get()
    assert (kept.checked_on, kept.checked_by) == (None, None)
    assert "have not been checked" in str(kept.lapse(clock.today()))


def test_adding_a_member(administrator: User, chair: User) -> None:
    newcomer = cast.person("Nora Newcomer", "reviewer")
    office = Office(administrator, "reviews_boardmember")
    choices = [user.name for user in office.client.get(office.url).context["form"].fields["user"].queryset]
    assert choices == ["Nora Newcomer"]
    today = clock.today()
    asked = {
        "user": newcomer.pk,
        "credentials": "MD",
        "main": "nephrology",
        "others": ["cardiology", "nephrology"],
        "register": "GMC",
        "register_number": "123",
        "checked_on": today,
        "expires_on": today + timedelta(days=365),
        "term_from": today,
        "reason": "Elected by the board.",
    }
    assert office.send(**asked).status_code == 302
    made = BoardMember.objects.get(user=newcomer)
    assert (made.specialties, made.checked_by) == (["nephrology", "cardiology"], administrator)
    assert told(made) == ("board.save", "Adam Administrator", ["administrator"], "Elected by the board.", 1)
    assert made.lapse(today) == "Your yearly disclosure of interests is missing; give it under My board record."
    assert errors(office.send(**asked))["user"]  # there is a record now


def test_the_main_specialty_stands_first_and_the_others_keep_their_order(administrator: User, reviewer3: User) -> None:
    member = BoardMember.objects.get(user=reviewer3)
    office = Office(administrator, "reviews_boardmember", member)
    assert (office.held["main"], office.held["others"]) == ("nephrology", ["general-medicine"])
    office.send(main="general-medicine", others=["cardiology", "nephrology"], reason="Changed field.")
    assert BoardMember.objects.get().specialties == ["general-medicine", "cardiology", "nephrology"]
    office = Office(administrator, "reviews_boardmember", member)
    assert errors(office.send(main="", reason="None left."))["main"] == ["This field is required."]
    assert errors(office.send(main="astrology", reason="New field."))["main"]


def day(days: int) -> Any:
    return clock.today() + timedelta(days=days)


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"expires_on": ""}, "expires_on", "both days"),
        ({"checked_on": day(-9), "expires_on": day(-9)}, "expires_on", "expire after"),
        ({"checked_on": day(1)}, "checked_on", "in the future"),
        ({"disclosed_on": day(1)}, "disclosed_on", "in the future"),
        ({"disclosure": ""}, "disclosed_on", "together"),
        ({"term_from": day(0), "term_until": day(-1)}, "term_until", "end after it begins"),
        ({"term_from": ""}, "term_from", "required"),
        ({"credentials": " "}, "credentials", "required"),
        ({"checked_on": "31 February"}, "checked_on", "valid date"),
        ({"away_until": "9999-12-31"}, "away_until", "between the years"),
        ({"reason": "no"}, "reason", "a few words"),
        ({"reason": ""}, "reason", "required"),
    ],
)
def test_what_cannot_be_is_refused_with_everything_still_there(
    changes: dict[str, Any], field: str, words: str, administrator: User, member: BoardMember
) -> None:
    typed = {"affiliation": "A hospital typed with care", "reason": "A long reason."} | changes
    response = Office(administrator, "reviews_boardmember", member).send(**typed)
    assert response.status_code == 422
    assert words in errors(response)[field][0]
    assert "A hospital typed with care" in response.content.decode()
    assert told(member)[-1] == 1


def test_nobody_keeps_their_own_board_record(founded: None) -> None:
    both = cast.person("Bea Both", "administrator", "reviewer")
    client = signed_in(both)
    adding = client.get(reverse("office:reviews_boardmember_add"))
    assert both not in adding.context["form"].fields["user"].queryset
    asked = {"user": both.pk, "credentials": "MD", "main": "nephrology", "term_from": day(0), "reason": "It is me."}
    assert client.post(reverse("office:reviews_boardmember_add"), asked).status_code == 422
    member = cast.board_member(both, "nephrology")
    url = reverse("office:reviews_boardmember_change", args=[member.pk])
    assert "<form" not in client.get(url).content.decode()
    assert client.post(url, {"checked_on": day(0), "reason": "I know myself."}).status_code == 403
    assert told(member)[-1] == 1


# Two at once, and nothing new.


def test_the_later_of_two_is_told_and_overwrites_nothing(administrator: User, member: BoardMember) -> None:
    first, second = (Office(administrator, "reviews_boardmember", member) for _ in range(2))
    assert first.send(affiliation="The first", reason="First.").status_code == 302
    response = second.send(register="Typed by the second", reason="Second.")
    assert response.status_code == 409
    assert "Somebody else changed this after you opened it" in errors(response)["__all__"][0]
    assert "Typed by the second" in response.content.decode()
    kept = BoardMember.objects.get()
    assert (kept.affiliation, kept.register) == ("The first", "")


def test_a_form_without_its_base_is_refused(administrator: User, member: BoardMember) -> None:
    assert Office(administrator, "reviews_boardmember", member).send(base="", reason="Hurry.").status_code == 409


def test_a_save_without_a_change_writes_nothing(administrator: User, chair: User, member: BoardMember) -> None:
    rule = SignOffRule.objects.get(risk="high")
    for office, row in (
        (Office(administrator, "reviews_boardmember", member), member),
        (Office(chair, "reviews_signoffrule", rule), rule),
    ):
        response = office.send(reason="For no reason.")
        assert (response.status_code, told(row)[-1]) == (422, 1)
        assert "Nothing here differs" in errors(response)["__all__"][0]


# Rules.


def test_a_rule_is_changed_with_its_reason_and_signatures_keep_theirs(
    chair: User, editor: User, reviewer: User
) -> None:
    article = cast.approved(editor, reviewer)
    rule = SignOffRule.objects.get(risk="standard")
    office = Office(chair, "reviews_signoffrule", rule)
    assert office.send(signatures=2, specialties=2, months=12, reason="Be more careful.").status_code == 302
    assert told(rule) == ("rule.save", "Clara Chair", ["chair"], "Be more careful.", 2)
    assert (article.signoffs.get().rule["signatures"], type(article).objects.get().state) == (1, "approved")
    page = office.client.get(office.url).content.decode()
    assert "Signatures given already keep the rule they were given under" in page


def test_a_rule_that_todays_board_cannot_meet_is_saved_with_a_warning(chair: User, reviewer: User) -> None:
    office = Office(chair, "reviews_signoffrule", SignOffRule.objects.get(risk="high"))
    response = office.client.post(office.url, office.held | {"months": 6, "reason": "Shorter."}, follow=True)
    assert "Too few board members can sign today" in response.content.decode()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"signatures": 1, "specialties": 2}, "specialties"),
        ({"signatures": 0}, "signatures"),
        ({"months": 0}, "months"),
        ({"months": 99999999999}, "months"),
        ({"signatures": "many"}, "signatures"),
    ],
)
def test_a_rule_that_cannot_be_met_is_refused(changes: dict[str, Any], field: str, chair: User) -> None:
    rule = SignOffRule.objects.get(risk="high")
    response = Office(chair, "reviews_signoffrule", rule).send(**changes, reason="A try of it.")
    assert (response.status_code, list(errors(response)), told(rule)[-1]) == (422, [field], 1)


def test_the_risk_of_a_rule_stays(chair: User) -> None:
    rule = SignOffRule.objects.get(risk="high")
    Office(chair, "reviews_signoffrule", rule).send(months=6, risk="standard", reason="Swap them.")
    assert set(SignOffRule.objects.values_list("risk", "months")) == {("high", 6), ("standard", 36)}
    assert signed_in(chair).get("/office/reviews/signoffrule/add/").status_code == 404


# Specialties.


@pytest.mark.parametrize("who", ["chair", "administrator"])
def test_a_specialty_is_added_and_renamed(who: str, request: pytest.FixtureRequest) -> None:
    user = request.getfixturevalue(who)
    Office(user, "articles_specialty").send(slug="palliative-care", name="Palliative care")
    made = Specialty.objects.get(slug="palliative-care")
    assert told(made) == ("specialty.save", user.name, [who], "specialty.save", 1)
    Office(user, "articles_specialty", made).send(slug="renamed", name="Palliative medicine")
    assert set(Specialty.objects.filter(slug__in=["palliative-care", "renamed"]).values_list("slug", "name")) == {
        ("palliative-care", "Palliative medicine")
    }


@pytest.mark.parametrize("slug", ["nephrology", "Nephrology", "two words", "-x", "x-", "é", "a" * 51, ""])
def test_a_short_name_that_cannot_be(slug: str, chair: User) -> None:
    response = Office(chair, "articles_specialty").send(slug=slug, name="Another")
    assert (response.status_code, list(errors(response))) == (422, ["slug"])
    assert Specialty.objects.get(slug="nephrology").name == "Nephrology"


def test_two_specialties_of_one_name(chair: User) -> None:
    response = Office(chair, "articles_specialty").send(slug="other", name="Nephrology")
    assert (response.status_code, list(errors(response))) == (422, ["name"])


# Documents.


def test_a_new_policy_comes_into_force_on_its_day(chair: User, client: Client) -> None:
    office = Office(chair, "articles_document", kind="policy")
    assert office.held["body"] == "The editorial policy."
    asked = {"body": "What we **now** do.\r\nAnd more.", "withholds": "all", "in_force_from": day(3)}
    assert office.send(**asked, reason="Agreed by the board.").status_code == 302
    made = Document.objects.get(kind="policy", number=2)
    assert (made.body, made.withholds) == ("What we **now** do.\nAnd more.", "all")
    assert told(made) == ("document.save", "Clara Chair", ["chair"], "Agreed by the board.", 1)
    url = reverse("policy")
    assert "<strong>now</strong>" not in client.get(url).content.decode()
    with clock.moved_to(clock.now() + timedelta(days=3)):
        assert "<strong>now</strong>" in client.get(url).content.decode()
        assert "The editorial policy." in client.get(reverse("policy_version", args=[1])).content.decode()


def test_a_disclaimer_withholds_nothing_and_asks_nothing_of_it(chair: User) -> None:
    office = Office(chair, "articles_document", kind="disclaimer_plain")
    assert "withholds" not in office.held
    office.send(body="Ask your doctor.", withholds="all", reason="Plainer words.")
    made = Document.objects.get(kind="disclaimer_plain", number=2)
    assert (made.in_force_from, made.withholds) == (clock.today(), "high")


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"in_force_from": day(-1)}, "in_force_from", "in the past"),
        ({"body": "  "}, "body", "required"),
        ({"body": "The editorial policy."}, "__all__", "word for word"),
        ({"withholds": "nonsense"}, "withholds", "valid choice"),
        ({"reason": ""}, "reason", "required"),
    ],
)
def test_a_document_that_cannot_be(changes: dict[str, Any], field: str, words: str, chair: User) -> None:
    asked = {"body": "A new text.", "reason": "A good reason."} | changes
    response = Office(chair, "articles_document", kind="policy").send(**asked)
    assert (response.status_code, Document.objects.filter(kind="policy").count()) == (422, 1)
    assert words in errors(response)[field][0]


def test_of_two_new_versions_the_later_is_told(chair: User) -> None:
    first, second = (Office(chair, "articles_document", kind="policy") for _ in range(2))
    first.send(body="By the first.", reason="First of two.")
    response = second.send(body="By the second.", reason="Second of two.")
    assert response.status_code == 409
    assert "By the second." in response.content.decode()
    assert [row.body for row in Document.objects.filter(kind="policy")] == ["By the first.", "The editorial policy."]


@pytest.mark.parametrize("kind", ["", "nonsense"])
def test_a_new_document_is_of_a_kind(kind: str, chair: User) -> None:
    url = reverse("office:articles_document_add")
    for response in (signed_in(chair).get(url, {"kind": kind}), signed_in(chair).post(f"{url}?kind={kind}", {})):
        assert response["Location"] == reverse("office:articles_document_changelist")


def test_a_document_stays_as_it_was(chair: User) -> None:
    document = Document.objects.get(kind="policy")
    url = reverse("office:articles_document_change", args=[document.pk])
    response = signed_in(chair).post(url, {"body": "Rewritten.", "reason": "Nobody saw it."})
    assert (response.status_code, Document.objects.get(kind="policy").body) == (403, "The editorial policy.")
