"""What proves who signs: password, and code where a factor is enrolled, or a passkey; and what too many tries do."""

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.cache import cache
from django.db import transaction
from django.test import Client

from oracle import clock
from oracle.accounts import losses
from oracle.accounts.authentication import Proof, WrongProof
from oracle.accounts.models import User
from oracle.audit.history import record
from oracle.refusals import NotAllowed, Refusal
from reviews import signing
from reviews.models import Round, SigningFailure, SignOff

from .cast import ALL_YES, ANSWERED, PASSWORD, PROOF, judge_everything, sign_in, under_review
from .soft_passkey import SoftPasskey
from .test_races import at_once
from .test_second_factor import code, with_app

pytestmark = pytest.mark.django_db
PAST = timedelta(minutes=15, seconds=1)


@pytest.fixture(autouse=True)
def no_tries_yet(db: None) -> None:
    cache.clear()


@pytest.fixture
def row(editor: User, reviewer: User) -> Round:
    """A round in which everything is judged."""
    _, made = under_review(editor, reviewer)
    judge_everything(made)
    return made


def attempt(row: Round, proof: Proof, **changes: Any) -> Refusal | None:
    """A try to sign by the round's reviewer; gives back the refusal."""
    asked = {"shown_sha256": row.version.content_sha256, "answers": ALL_YES} | changes
    return signing.try_to_sign(row, by=row.reviewer, proof=proof, **asked)[1]


# Password and code.


def test_where_a_factor_is_enrolled_the_password_alone_signs_nothing(row: Round) -> None:
    with_app(row.reviewer)
    for given in ("", " ", "000000", code(-1)):
        refusal = attempt(row, Proof(password=PASSWORD, code=given))
        assert isinstance(refusal, WrongProof), given
    assert SignOff.objects.count() == 0
    with clock.moved_to(clock.now() + PAST):
        assert attempt(row, Proof(password=PASSWORD, code=code())) is None
    assert SignOff.objects.get().authentication == ["e-mail", "password", "code"]


def test_the_code_alone_signs_nothing_and_is_not_used_up(row: Round) -> None:
    with_app(row.reviewer)
    shown = code()
    refusal = attempt(row, Proof(password="guess", code=shown))
    assert refusal
    assert "The password is not right; nothing was signed." in refusal.sentence
    assert attempt(row, Proof(password=PASSWORD, code=shown)) is None


def test_a_recovery_code_stands_in_and_is_named(row: Round) -> None:
    codes = with_app(row.reviewer)
    assert attempt(row, Proof(password=PASSWORD, code=codes[0])) is None
    assert SignOff.objects.get().authentication == ["e-mail", "password", "recovery code"]


def test_a_code_signs_once(row: Round, editor: User) -> None:
    """One code, two texts: each signature asks anew."""
    with_app(row.reviewer)
    _, other = under_review(editor, row.reviewer, question="Another question?")
    judge_everything(other)
    shown = Proof(password=PASSWORD, code=code())
    assert attempt(row, shown) is None
    refusal = attempt(other, shown)
    assert refusal
    assert "was used before" in refusal.sentence


def test_a_fresh_sign_in_with_the_code_counts_for_nothing(client: Client, row: Round) -> None:
    with_app(row.reviewer)
    client.post("/accounts/login/", {"login": row.reviewer.email, "password": PASSWORD})
    client.post("/accounts/login/code/", {"code": code()})
    posted = {"decision": "approve", "sha256": row.version.content_sha256, "password": PASSWORD, **ANSWERED}
    answer = client.post(f"/desk/rounds/{row.pk}/decide/", posted)
    assert (answer.status_code, SignOff.objects.count()) == (403, 0)
    page = answer.content.decode()
    assert "The code of your authenticator app is needed too" in page
    assert 'value="yes" required checked' in page


def test_an_open_question_costs_no_code(row: Round) -> None:
    with_app(row.reviewer)
    shown = Proof(password=PASSWORD, code=code())
    assert attempt(row, shown, answers={}) is not None
    assert attempt(row, shown) is None


def test_while_a_loss_is_reported_nothing_is_signed(row: Round, administrator: User) -> None:
    with_app(row.reviewer)
    losses.report(row.reviewer, by=administrator, reason="Told me.")
    refusal = attempt(row, Proof(password=PASSWORD, code=code()))
    assert refusal
    assert "reported as lost; nothing was signed" in refusal.sentence
    assert SignOff.objects.count() == 0


def test_a_deactivated_account_signs_nothing(row: Round) -> None:
    user = User.objects.get(pk=row.reviewer.pk)
    user.is_active = False
    with transaction.atomic():
        record(user, by=None, event="user.deactivate")
    assert attempt(row, PROOF) is not None


# A passkey in place of both.


@pytest.fixture
def device(client: Client, row: Round) -> SoftPasskey:
    """The reviewer's passkey, made on their page; `client` is signed in as the reviewer."""
    sign_in(client, row.reviewer)
    made = SoftPasskey()
    options = client.get("/accounts/factors/passkey/").context["options"]
    posted = {"credential": json.dumps(made.make(options)), "password": PASSWORD}
    assert client.post("/accounts/factors/passkey/", posted).status_code == 200
    return made


def challenge(client: Client, row: Round, sha256: str = "") -> dict[str, Any]:
    posted = {"sha256": sha256 or row.version.content_sha256}
    asked: dict[str, Any] = client.post(f"/desk/rounds/{row.pk}/challenge/", posted).json()
    return asked


def send(client: Client, row: Round, given: Any, **changes: str) -> Any:
    posted = {"decision": "approve", "sha256": row.version.content_sha256, "passkey": json.dumps(given), **ANSWERED}
    return client.post(f"/desk/rounds/{row.pk}/decide/", posted | changes)


def test_a_passkey_signs_in_place_of_password_and_code(client: Client, row: Round, device: SoftPasskey) -> None:
    asked = challenge(client, row)
    assert asked["publicKey"]["userVerification"] == "required"
    assert send(client, row, device.answer(asked)).status_code == 302
    assert SignOff.objects.get().authentication == ["passkey"]


def test_a_passkey_that_did_not_verify_its_person_is_refused(client: Client, row: Round, device: SoftPasskey) -> None:
    """R12: without the mark of user verification (UV=0) a touch would be enough, by anybody."""
    device.verifies = False
    answer = send(client, row, device.answer(challenge(client, row)))
    assert (answer.status_code, SignOff.objects.count()) == (403, 0)
    assert "did not prove that it is you; nothing was signed" in answer.content.decode()
    assert SigningFailure.objects.get().wrong_proof


@pytest.mark.parametrize("origin", ["https://testserver", "http://testserver:8080", "http://elsewhere.example"])
def test_a_passkey_answers_for_this_site_alone(client: Client, row: Round, device: SoftPasskey, origin: str) -> None:
    device.origin = origin
    assert send(client, row, device.answer(challenge(client, row))).status_code == 403


def test_somebody_elses_passkey_is_refused(client: Client, row: Round, device: SoftPasskey) -> None:
    stranger = SoftPasskey(name=device.name)
    assert send(client, row, stranger.answer(challenge(client, row))).status_code == 403
    stranger = SoftPasskey(name=b"unknown here", key=device.key)
    assert send(client, row, stranger.answer(challenge(client, row))).status_code == 403


def test_a_challenge_is_answered_once_within_five_minutes(client: Client, row: Round, device: SoftPasskey) -> None:
    asked = challenge(client, row)
    with clock.moved_to(clock.now() + timedelta(seconds=301)):
        late = send(client, row, device.answer(asked))
    assert (late.status_code, "more than five minutes ago" in late.content.decode()) == (409, True)
    given = device.answer(challenge(client, row))
    assert send(client, row, given, **{"answer-1": "no"}).status_code == 409
    again = send(client, row, given)
    assert (again.status_code, SignOff.objects.count()) == (409, 0)
    assert not SigningFailure.objects.filter(wrong_proof=True).exists()


def test_a_challenge_is_for_one_round_and_one_text(
    client: Client, row: Round, device: SoftPasskey, editor: User
) -> None:
    _, other = under_review(editor, row.reviewer, question="Another question?")
    judge_everything(other)
    given = device.answer(challenge(client, other))
    assert send(client, row, given).status_code == 409
    given = device.answer(challenge(client, row, sha256="0" * 64))
    assert send(client, row, given).status_code == 409
    assert SignOff.objects.count() == 0


def test_the_answer_to_an_older_challenge_is_refused(client: Client, row: Round, device: SoftPasskey) -> None:
    first = challenge(client, row)
    challenge(client, row)
    assert send(client, row, device.answer(first)).status_code == 403


@pytest.mark.parametrize("given", [{}, [], 7, None, "x", {"id": "x"}, {"id": "AA", "rawId": "AA", "response": {}}])
def test_odd_answers_are_refused(client: Client, row: Round, device: SoftPasskey, given: Any) -> None:
    challenge(client, row)
    assert send(client, row, given).status_code == 403


def test_who_has_no_passkey_gets_no_challenge(client: Client, row: Round) -> None:
    sign_in(client, row.reviewer)
    page = client.get(f"/desk/rounds/{row.pk}/").content.decode()
    assert (client.post(f"/desk/rounds/{row.pk}/challenge/").status_code, "Sign with a passkey" in page) == (409, False)


def test_the_panel_asks_for_what_is_enrolled(client: Client, row: Round, device: SoftPasskey) -> None:
    page = client.get(f"/desk/rounds/{row.pk}/").content.decode()
    assert re.findall(r'name="(password|code|passkey)"', page) == ["password", "code", "passkey"]
    assert "Sign with a passkey" in page


# Too many tries.


def block(row: Round) -> None:
    for number in range(5):
        proof = Proof(password="not mine") if number % 2 else Proof(password=PASSWORD, code="000000")
        assert isinstance(attempt(row, proof), WrongProof)


def told() -> list[tuple[list[str], str]]:
    return [(message.to, message.subject) for message in mail.outbox if "blocked" in message.subject]


def test_five_failures_block_and_are_reported_at_once(
    row: Round, administrator: User, editor: User, caplog: Any, settings: Any
) -> None:
    """R16: passwords and codes count alike; the sixth is refused with the right ones; an administrator knows."""
    settings.SITE_URL = "https://articles.example.org"
    with_app(row.reviewer)
    block(row)
    assert told() == [([administrator.email], "Signing is blocked for Rita Reviewer")]
    assert f"signing blocked for account {row.reviewer.pk}: 5 wrong proofs in 15 minutes" in caplog.messages
    refusal = attempt(row, Proof(password=PASSWORD, code=code()))
    assert isinstance(refusal, NotAllowed)
    assert "Signing is blocked for 15 minutes" in refusal.sentence
    for _ in range(3):
        attempt(row, Proof(password="not mine"))
    assert len(told()) == 1  # once for a block
    assert SigningFailure.objects.filter(wrong_proof=True).count() == 5
    body = next(message.body for message in mail.outbox if "blocked" in message.subject)
    assert ("Rita Reviewer" in body, PASSWORD in body) == (True, False)
    assert f"https://articles.example.org/people/{row.reviewer.pk}/" in body
    with clock.moved_to(clock.now() + PAST):
        assert attempt(row, Proof(password=PASSWORD, code=code())) is None


def test_a_block_is_of_one_person(row: Round, reviewer3: User) -> None:
    from reviews import rounds

    other = rounds.take(row.article, by=reviewer3)
    judge_everything(other)
    with_app(row.reviewer)
    block(row)
    assert attempt(other, PROOF) is None


def test_the_next_block_is_reported_again(row: Round, administrator: User) -> None:
    with_app(row.reviewer)
    block(row)
    with clock.moved_to(clock.now() + PAST):
        block(row)
    assert len(told()) == 2


def test_other_refusals_do_not_block(row: Round) -> None:
    for _ in range(6):
        assert attempt(row, PROOF, answers={}) is not None
    assert attempt(row, PROOF) is None
    assert told() == []


def test_without_an_administrator_the_contact_is_told(row: Round, settings: Any) -> None:
    settings.CONTACT_EMAIL = "desk@example.org"
    for _ in range(5):
        attempt(row, Proof(password="not mine"))
    assert told() == [(["desk@example.org"], "Signing is blocked for Rita Reviewer")]


@pytest.mark.django_db(transaction=True)
def test_eight_tries_at_once_are_five_and_one_report(row: Round, administrator: User) -> None:
    refusals = at_once(*[lambda: attempt(row, Proof(password="not mine"))] * 8)
    assert sum(isinstance(refusal, WrongProof) for refusal in refusals) == 5
    assert SigningFailure.objects.count() == 8
    assert len(told()) == 1
