"""Second factors: how they are set up, used once, removed, lost; what the record and the person are told."""

import json
import re
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.core.cache import cache
from django.test import Client

from oracle import clock
from oracle.accounts import factors, losses, people
from oracle.accounts.models import User
from oracle.refusals import NotAllowed, Refusal

from .cast import PASSWORD, person, sign_in
from .soft_passkey import SoftPasskey
from .test_races import at_once

pytestmark = pytest.mark.django_db
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
RFC_SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
APP = "/accounts/factors/app/"


@pytest.fixture(autouse=True)
def no_tries_yet(db: None) -> None:
    cache.clear()


def now_step() -> int:
    return int(clock.now().timestamp()) // factors.STEP


def code(ahead: int = 0, secret: str = SECRET) -> str:
    """What an app shows now, or some steps of thirty seconds away."""
    return factors.code_at(secret, now_step() + ahead)


def with_app(user: User) -> list[str]:
    """Enrol an app whose present code is still unused; gives back the recovery codes."""
    codes = factors.add_app(user, SECRET, code(-1))
    user.refresh_from_db()
    return codes


def newest(user: User) -> Any:
    return user.history.order_by("-history_id").first()


# Codes.


@pytest.mark.parametrize(("seconds", "shown"), [(59, "287082"), (1111111109, "081804"), (20000000000, "353130")])
def test_codes_are_those_of_the_standard(seconds: int, shown: str) -> None:
    """RFC 6238, appendix B, the last six digits."""
    assert factors.code_at(RFC_SECRET, seconds // 30) == shown


@pytest.mark.parametrize(("ahead", "taken"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_code_holds_for_its_step_and_the_neighbours(ahead: int, taken: bool) -> None:
    assert (factors.step_of(SECRET, code(ahead)) is not None) == taken


def test_a_code_is_taken_once_and_none_older_after_it(reviewer: User) -> None:
    with_app(reviewer)
    assert factors.use_code(reviewer, code(-1)) is None  # the one that enrolled the app
    assert factors.use_code(reviewer, f"{code()[:3]} {code()[3:]}") == "code"
    cache.clear()  # another process knows it too: the database keeps it
    assert factors.use_code(reviewer, code()) is None
    assert factors.use_code(reviewer, code(1)) == "code"
    assert factors.use_code(reviewer, code()) is None


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("attempt", range(3))
def test_of_two_who_use_a_code_at_once_one_is_refused(reviewer: User, attempt: int) -> None:
    with_app(reviewer)
    shown = code()
    results = at_once(*[lambda: factors.use_code(reviewer, shown)] * 2)
    assert sorted(map(str, results)) == ["None", "code"]


def test_each_recovery_code_works_once(reviewer: User) -> None:
    codes = with_app(reviewer)
    assert (len(set(codes)), {len(one) for one in codes}) == (10, {8})
    assert factors.use_code(reviewer, codes[3]) == "recovery code"
    assert factors.use_code(reviewer, codes[3]) is None
    fresh = factors.new_codes(reviewer)
    assert not set(fresh) & set(codes)
    assert factors.use_code(reviewer, codes[4]) is None
    assert factors.use_code(reviewer, fresh[0]) == "recovery code"


def test_somebody_elses_code_is_nothing(reviewer: User, reviewer2: User) -> None:
    codes = with_app(reviewer)
    assert factors.use_code(reviewer2, code()) is None
    assert factors.use_code(reviewer2, codes[0]) is None


# The record, the mail.


def test_the_record_tells_of_factors_and_holds_no_secret(reviewer: User) -> None:
    codes = with_app(reviewer)
    factors.remove(reviewer, Authenticator.objects.get(type="totp").pk)
    added, removed = (user := User.objects.get(pk=reviewer.pk)).history.order_by("history_id")[1:]
    assert [row.history_event for row in (added, removed)] == ["user.factor_added", "user.factor_removed"]
    assert added.factors[0] == "authenticator app"
    assert added.factors[1].startswith("recovery codes of ")
    assert (removed.factors, user.factors, Authenticator.objects.count()) == ([], [], 0)
    told = json.dumps([row.factors for row in (added, removed)])
    assert not any(secret in told for secret in (SECRET, *codes))
    assert [message.to for message in mail.outbox] == [[reviewer.email]] * 2
    assert not any(secret in message.body for message in mail.outbox for secret in (SECRET, *codes))


def test_a_second_app_and_codes_without_a_factor_are_refused(reviewer: User) -> None:
    with pytest.raises(Refusal, match="set one up first"):
        factors.new_codes(reviewer)
    with_app(reviewer)
    with pytest.raises(Refusal, match="set up already"):
        factors.add_app(reviewer, SECRET, code())
    with pytest.raises(Refusal, match="not the code"):
        factors.add_app(reviewer, SECRET, code(5))


def test_nobody_removes_somebody_elses_factor(reviewer: User, reviewer2: User) -> None:
    with_app(reviewer)
    with pytest.raises(Refusal, match="gone already"):
        factors.remove(reviewer2, Authenticator.objects.get(type="totp").pk)
    assert factors.enrolled(reviewer)


# A loss.


def test_a_loss_ends_sessions_and_takes_two_people(client: Client, reviewer: User, administrator: User) -> None:
    other = person("Ann Administrator", "administrator")
    with_app(reviewer)
    sign_in(client, reviewer)
    assert client.get("/desk/").status_code == 200
    losses.report(reviewer, by=administrator, reason="Told me by telephone.")
    assert client.get("/desk/").status_code == 302
    assert newest(reviewer).history_event == "user.factor_lost"
    with pytest.raises(NotAllowed, match="You reported the loss"):
        losses.take_away(reviewer, by=administrator, reason="The same telephone call.")
    assert factors.enrolled(reviewer)
    losses.take_away(reviewer, by=other, reason="I called back.")
    row = newest(reviewer)
    assert (row.history_event, row.history_user, row.factors) == ("user.factors_reset", other, [])
    assert (factors.enrolled(reviewer), User.objects.get(pk=reviewer.pk).loss_reported_by) == (False, None)
    assert client.get("/desk/").status_code == 302  # the old session stays ended


def test_a_loss_reported_by_the_person_needs_one_administrator(reviewer: User, administrator: User) -> None:
    with_app(reviewer)
    losses.report(reviewer, by=reviewer, reason="Reported by the person.")
    with pytest.raises(NotAllowed, match="Nobody changes their own account"):
        losses.take_away(reviewer, by=reviewer, reason="Myself.")
    losses.take_away(reviewer, by=administrator, reason="I called back.")
    assert not factors.enrolled(reviewer)


def test_who_could_know_the_password_does_not_take_the_factor_too(reviewer: User, administrator: User) -> None:
    """A link for a password may have been on the administrator's screen: with the factor gone, they could sign."""
    with_app(reviewer)
    people.void_password(reviewer, by=administrator, reason="Forgotten.")
    losses.report(reviewer, by=reviewer, reason="Reported by the person.")
    with pytest.raises(NotAllowed, match="You made the last link"):
        losses.take_away(reviewer, by=administrator, reason="Mine.")


def test_losses_are_for_administrators_with_a_reason(reviewer: User, editor: User, administrator: User) -> None:
    with pytest.raises(Refusal, match="no second factor"):
        losses.report(reviewer, by=administrator, reason="Lost.")
    with_app(reviewer)
    for by, reason in ((editor, "Lost."), (administrator, " ")):
        with pytest.raises(Refusal):
            losses.report(reviewer, by=by, reason=reason)
    with pytest.raises(Refusal, match="Nobody has reported"):
        losses.take_away(reviewer, by=administrator, reason="Lost.")


def test_the_administrators_page_reports_and_takes_away(client: Client, reviewer: User, administrator: User) -> None:
    with_app(reviewer)
    sign_in(client, administrator)
    address = f"/people/{reviewer.pk}/"
    assert "Report a loss" in client.get(address).content.decode()
    assert client.post(address, {"do": "lost", "reason": ""}).status_code == 422
    assert client.post(address, {"do": "lost", "reason": "Told me."}).status_code == 302
    page = client.get(address).content.decode()
    assert "Reported as lost by Adam Administrator" in page
    assert client.post(address, {"do": "factors", "reason": "Again me."}).status_code == 403
    sign_in(client, person("Ann Administrator", "administrator"))
    assert client.post(address, {"do": "factors", "reason": "I called back."}).status_code == 302
    assert "Report a loss" not in client.get(address).content.decode()


def test_the_administrators_page_is_not_for_ones_own_loss(client: Client, administrator: User) -> None:
    """There it would end the sessions without the password."""
    with_app(administrator)
    sign_in(client, administrator)
    assert client.post(f"/people/{administrator.pk}/", {"do": "lost", "reason": "Mine."}).status_code == 403
    assert User.objects.get(pk=administrator.pk).loss_reported_by is None


# One's own pages.


def set_up_app(client: Client, **changes: Any) -> Any:
    secret = re.search(r"<code>([A-Z2-7]{32})</code>", client.get(APP).content.decode())[1]
    return client.post(APP, {"app_code": code(secret=secret), "password": PASSWORD, **changes})


def test_an_app_is_set_up_with_the_password(client: Client, reviewer: User) -> None:
    sign_in(client, reviewer)
    for changes, status in ({"password": "guess"}, 403), ({"app_code": "000000"}, 409), ({"app_code": ""}, 422):
        assert set_up_app(client, **changes).status_code == status
        assert not factors.enrolled(reviewer)
    answer = set_up_app(client)
    codes = re.findall(r"<li><code>(\d{8})</code>", answer.content.decode())
    assert (answer.status_code, len(codes), factors.enrolled(reviewer)) == (200, 10, True)
    assert "no-store" in answer["Cache-Control"]
    assert factors.use_code(reviewer, codes[0]) == "recovery code"
    page = client.get("/accounts/factors/").content.decode()
    assert ("9 unused codes" in page, codes[1] in page) == (True, False)


def test_a_refused_code_keeps_the_picture_that_was_read(client: Client, reviewer: User) -> None:
    sign_in(client, reviewer)
    secret = re.search(r"<code>([A-Z2-7]{32})</code>", client.get(APP).content.decode())[1]
    assert secret in client.post(APP, {"app_code": "000000", "password": PASSWORD}).content.decode()


@pytest.mark.parametrize("what", ["app", "codes", "remove", "passkey"])
def test_a_change_needs_the_factor_that_is_there(client: Client, reviewer: User, what: str) -> None:
    """The password alone changes nothing, however fresh the sign-in."""
    with_app(reviewer)
    before = list(Authenticator.objects.values_list("type", "data__seed", "data__secret").order_by("pk"))
    row = Authenticator.objects.get(type="totp")
    sign_in(client, reviewer)
    addresses = {"app": APP, "codes": "/accounts/factors/codes/", "remove": f"/accounts/factors/{row.pk}/remove/"}
    address = addresses.get(what, "/accounts/factors/passkey/")
    more: dict[str, str] = {}
    if what == "app":
        shown = re.search(r"<code>([A-Z2-7]{32})</code>", client.get(address).content.decode())[1]
        more = {"app_code": code(secret=shown)}
    if what == "passkey":
        more = {"credential": json.dumps(SoftPasskey().make(client.get(address).context["options"]))}
    answer = client.post(address, {"password": PASSWORD, **more})
    assert (answer.status_code, "recovery code is needed" in answer.content.decode()) == (403, False)
    assert "or a recovery code; nothing was changed" in answer.content.decode()
    assert list(Authenticator.objects.values_list("type", "data__seed", "data__secret").order_by("pk")) == before


def test_new_codes_and_removal_with_password_and_code(client: Client, reviewer: User) -> None:
    codes = with_app(reviewer)
    sign_in(client, reviewer)
    answer = client.post("/accounts/factors/codes/", {"password": PASSWORD, "code": codes[0]})
    assert len(re.findall(r"<li><code>(\d{8})</code>", answer.content.decode())) == 10
    app = Authenticator.objects.get(type="totp").pk
    address = f"/accounts/factors/{app}/remove/"
    assert client.post(address, {"password": PASSWORD, "code": codes[1]}).status_code == 403
    assert client.post(address, {"password": PASSWORD, "code": code()}).status_code == 302
    assert not factors.enrolled(reviewer)
    assert client.get(address).status_code == 302


def test_five_wrong_tries_stop_changes_and_sign_in_codes(client: Client, reviewer: User) -> None:
    with_app(reviewer)
    sign_in(client, reviewer)
    address = "/accounts/factors/codes/"
    for _ in range(5):
        assert client.post(address, {"password": "guess", "code": code()}).status_code == 403
    answer = client.post(address, {"password": PASSWORD, "code": code()})
    assert (answer.status_code, "wait fifteen minutes" in answer.content.decode()) == (403, True)


def test_a_passkey_is_made_and_named(client: Client, reviewer: User) -> None:
    sign_in(client, reviewer)
    options = client.get("/accounts/factors/passkey/").context["options"]
    assert options["publicKey"]["authenticatorSelection"]["userVerification"] == "required"
    posted = {"credential": json.dumps(SoftPasskey().make(options)), "name": " My  telephone ", "password": PASSWORD}
    assert client.post("/accounts/factors/passkey/", posted).status_code == 200
    assert newest(reviewer).factors[0] == "passkey My telephone"
    # The challenge is used up.
    posted["credential"] = json.dumps(SoftPasskey(name=b"another").make(options))
    assert client.post("/accounts/factors/passkey/", posted).status_code == 409
    assert Authenticator.objects.filter(type="webauthn").count() == 1


@pytest.mark.parametrize(
    "device",
    [SoftPasskey(verifies=False), SoftPasskey(origin="https://elsewhere.example"), SoftPasskey("http://testserver:81")],
)
def test_a_passkey_of_another_place_or_without_verification_is_refused(
    client: Client, reviewer: User, device: SoftPasskey
) -> None:
    sign_in(client, reviewer)
    options = client.get("/accounts/factors/passkey/").context["options"]
    answer = client.post(
        "/accounts/factors/passkey/", {"credential": json.dumps(device.make(options)), "password": PASSWORD}
    )
    assert (answer.status_code, Authenticator.objects.count()) == (409, 0)


@pytest.mark.parametrize("sent", ["", "null", "[]", "{}", "7", '{"id": "x"}', "[" * 9999, '{"id":"AA","rawId":"AA"}'])
def test_odd_passkeys_are_refused(client: Client, reviewer: User, sent: str) -> None:
    with_app(reviewer)
    sign_in(client, reviewer)
    client.get("/accounts/factors/passkey/")
    assert client.post("/accounts/factors/passkey/", {"credential": sent, "password": PASSWORD}).status_code == 409
    answer = client.post("/accounts/factors/codes/", {"passkey": sent or "x"})
    assert answer.status_code in (403, 409)


@pytest.mark.parametrize("part", ["type", "id", "rawId", "response"])
@pytest.mark.parametrize("instead", ["nothing", None, 7, [], "x"])
def test_half_a_passkey_is_refused(client: Client, reviewer: User, part: str, instead: Any) -> None:
    sign_in(client, reviewer)
    whole = SoftPasskey().make(client.get("/accounts/factors/passkey/").context["options"])
    half = {name: value for name, value in whole.items() if name != part}
    posted = {"credential": json.dumps(half if instead == "nothing" else whole | {part: instead})}
    assert client.post("/accounts/factors/passkey/", posted | {"password": PASSWORD}).status_code == 409
    assert Authenticator.objects.count() == 0


def test_the_own_word_for_a_loss(client: Client, reviewer: User) -> None:
    with_app(reviewer)
    sign_in(client, reviewer)
    assert client.post("/accounts/factors/lost/", {"password": "guess"}).status_code == 403
    assert client.post("/accounts/factors/lost/", {"password": PASSWORD}).status_code == 302
    assert client.get("/desk/").status_code == 302
    assert User.objects.get(pk=reviewer.pk).loss_reported_by == reviewer
