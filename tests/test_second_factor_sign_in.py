"""A second factor at sign-in: after the password a code, a recovery code or a passkey."""

import json
from typing import Any

import pytest
from django.test import Client

from oracle.accounts import factors
from oracle.accounts.models import User

from .cast import PASSWORD, sign_in
from .soft_passkey import SoftPasskey
from .test_second_factor import code, no_tries_yet, with_app  # noqa: F401

pytestmark = pytest.mark.django_db


def enter(client: Client, user: User) -> Any:
    return client.post("/accounts/login/", {"login": user.email, "password": PASSWORD})


def signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def test_sign_in_asks_for_the_code(client: Client, reviewer: User) -> None:
    with_app(reviewer)
    answer = enter(client, reviewer)
    assert (answer["Location"], signed_in(client)) == ("/accounts/login/code/", False)
    assert client.get("/desk/").status_code == 302
    page = client.get("/accounts/login/code/")
    assert (page.status_code, "Second factor" in page.content.decode()) == (200, True)
    assert client.post("/accounts/login/code/", {"code": "000000"}).status_code == 200
    assert not signed_in(client)
    shown = code()
    assert client.post("/accounts/login/code/", {"code": shown}).status_code == 302
    assert signed_in(client)
    other = Client()
    enter(other, reviewer)
    other.post("/accounts/login/code/", {"code": shown})
    assert not signed_in(other)  # used already


def test_sign_in_with_a_recovery_code_and_the_log(client: Client, reviewer: User, caplog: Any) -> None:
    codes = with_app(reviewer)
    caplog.set_level("INFO", "oracle.sign_in")
    caplog.clear()
    enter(client, reviewer)
    client.post("/accounts/login/code/", {"code": "12345678"})
    client.post("/accounts/login/code/", {"code": codes[0]})
    assert signed_in(client)
    assert [record.getMessage() for record in caplog.records if record.name == "oracle.sign_in"] == [
        f"sign-in refused to account {reviewer.pk}, factor code",
        f"sign-in of account {reviewer.pk}, factor password and recovery_codes",
    ]


def test_sign_in_with_a_passkey(client: Client, reviewer: User) -> None:
    device = SoftPasskey("https://testserver")
    sign_in(client, reviewer)
    options = client.get("/accounts/factors/passkey/", secure=True).context["options"]
    posted = {"credential": json.dumps(device.make(options)), "password": PASSWORD}
    assert client.post("/accounts/factors/passkey/", posted, secure=True).status_code == 200
    entering = Client()
    entering.post("/accounts/login/", {"login": reviewer.email, "password": PASSWORD}, secure=True)
    asked = entering.get("/accounts/login/code/", secure=True).context["js_data"]["request_options"]
    for sent in ("{}", '{"id": "x"}', json.dumps({"id": "AA", "rawId": "AA", "type": "public-key", "response": {}})):
        assert entering.post("/accounts/login/code/", {"credential": sent}, secure=True).status_code == 200
        asked = entering.get("/accounts/login/code/", secure=True).context["js_data"]["request_options"]
    assert not signed_in(entering)
    answer = entering.post("/accounts/login/code/", {"credential": json.dumps(device.answer(asked))}, secure=True)
    assert (answer.status_code, signed_in(entering)) == (302, True)


def test_five_wrong_codes_make_sign_in_wait(client: Client, reviewer: User) -> None:
    with_app(reviewer)
    enter(client, reviewer)
    for _ in range(5):
        client.post("/accounts/login/code/", {"code": "000000"})
    assert "Too many" in client.post("/accounts/login/code/", {"code": code()}).content.decode()
    assert not signed_in(client)


@pytest.mark.parametrize("odd", ["é", "１２３４５６", "\ud83d\ude00", "1" * 5000, "-", "12 34 56", "0x1F", "1e5"])
def test_odd_codes_are_refused(client: Client, reviewer: User, odd: str) -> None:
    with_app(reviewer)
    assert factors.use_code(reviewer, odd.encode("utf-16", "surrogatepass").decode("utf-16")) is None
    enter(client, reviewer)
    assert client.post("/accounts/login/code/", {"code": odd.replace("\ud83d\ude00", "☺")}).status_code == 200
    assert not signed_in(client)
