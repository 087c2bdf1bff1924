"""An authenticator app and a passkey, set up and used to sign in and to sign, in a real browser."""

import re
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from playwright.sync_api import CDPSession, Page, expect

from articles.models import Article
from oracle import clock
from oracle.accounts.factors import STEP, code_at
from reviews.models import Round, SigningFailure, SignOff
from tests.cast import PASSWORD, judge_everything, under_review

from .actions import counted, start_counting
from .test_every_page import LOOKS, visit

pytestmark = pytest.mark.django_db(transaction=True)
DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture(autouse=True)
def no_tries_yet(transactional_db):
    cache.clear()


@pytest.fixture
def row(editor, reviewer) -> Round:
    _, made = under_review(editor, reviewer)
    judge_everything(made)
    return made


def shown_by(secret: str) -> str:
    return code_at(secret, int(clock.now().timestamp()) // STEP)


def set_up_app(page: Page) -> str:
    """Through the page, as a person whose app cannot read pictures; gives back the secret."""
    page.get_by_role("link", name="Account", exact=True).click()
    page.get_by_role("link", name="Set up an app").click()
    expect(page.locator(".qr svg")).to_be_visible()
    secret = page.locator(".steps code").inner_text()
    page.get_by_label("Code that the app shows now").fill(shown_by(secret))
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name="Set up this app").click()
    expect(page.locator(".recovery-codes li")).to_have_count(10)
    return secret


def set_up_passkey(page: Page) -> tuple[CDPSession, str]:
    """A device that verifies its person, and a passkey on it."""
    devices = page.context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    device = devices.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})["authenticatorId"]
    page.goto("/accounts/factors/passkey/")
    page.get_by_label("Name").fill("Telephone")
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name="Make the passkey").click()
    expect(page.locator(".recovery-codes li")).to_have_count(10)
    return devices, device


def to_the_decision(page: Page, row: Round) -> None:
    page.goto(f"/desk/rounds/{row.pk}/#decision")
    page.get_by_label("I reviewed version 1 and approve it for publication.").check()


def test_an_app_at_sign_in_and_at_signing(visitor, row):
    page = visitor(row.reviewer)
    secret = set_up_app(page)
    with clock.moved_to(clock.now() + timedelta(seconds=2 * STEP)):
        page.goto("/accounts/logout/")
        page.get_by_role("main").get_by_role("button", name="Sign out").click()
        page.goto("/accounts/login/")
        page.locator("input[name=login]").fill(row.reviewer.email)
        page.locator("input[name=password]").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url("**/accounts/login/code/")
        assert page.evaluate("document.activeElement.name") == "code"
        page.keyboard.type(shown_by(secret))
        page.keyboard.press("Enter")
        page.wait_for_url("**/desk/")
    with clock.moved_to(clock.now() + timedelta(seconds=4 * STEP)):
        to_the_decision(page, row)
        page.locator("input[name=answer-1][value=yes]").check()
        page.get_by_label("Your password").fill(PASSWORD)
        page.get_by_role("button", name="Sign version 1").click()
        expect(page.locator("#refused")).to_contain_text("The code of your authenticator app is needed too")
        assert page.locator("input[name=answer-1][value=yes]").is_checked()
        page.get_by_label("Your password").fill(PASSWORD)
        page.get_by_label("Code", exact=True).fill(shown_by(secret))
        page.get_by_role("button", name="Sign version 1").click()
        page.wait_for_url(re.compile(r"/desk/articles/[^/]+/$"))
    assert SignOff.objects.get().authentication == ["e-mail", "password", "code"]
    page.get_by_text("How it was signed").click()
    expect(page.get_by_text("Proved by e-mail, password, code.")).to_be_visible()


def test_a_passkey_signs_in_few_actions(visitor, row):
    page = visitor(row.reviewer)
    set_up_passkey(page)
    page.goto(f"/desk/rounds/{row.pk}/#decision")
    page.locator("input[name=decision][value=approve]").focus()
    start_counting(page)
    page.keyboard.press("Space")
    page.keyboard.press("y")
    assert page.evaluate("document.activeElement.id") == "password"
    page.get_by_role("button", name="Sign with a passkey").click()
    page.wait_for_url(re.compile(r"/desk/articles/[^/]+/$"))
    assert counted(page) == 3
    assert SignOff.objects.get().authentication == ["passkey"]
    assert Article.objects.get(pk=row.article_id).state == "approved"


def test_a_passkey_at_sign_in(visitor, row):
    page = visitor(row.reviewer)
    set_up_passkey(page)
    page.goto("/accounts/logout/")
    page.get_by_role("main").get_by_role("button", name="Sign out").click()
    page.goto("/accounts/login/")
    page.locator("input[name=login]").fill(row.reviewer.email)
    page.locator("input[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url("**/desk/")


def test_a_device_that_did_not_verify_its_person_signs_nothing(visitor, row):
    """R12, twice: the browser does not answer what asks for verification; what answers without it, the site refuses."""
    page = visitor(row.reviewer)
    devices, device = set_up_passkey(page)
    devices.send("WebAuthn.setUserVerified", {"authenticatorId": device, "isUserVerified": False})
    to_the_decision(page, row)
    page.locator("input[name=answer-1][value=yes]").check()
    page.get_by_role("button", name="Sign with a passkey").click()
    expect(page.locator("#decision [data-passkey-says]")).to_contain_text("Nothing was sent")
    assert SigningFailure.objects.count() == 0
    page.evaluate("""async () => {
        const get = navigator.credentials.get.bind(navigator.credentials);
        navigator.credentials.get = (asked) => {
            asked.publicKey.userVerification = "discouraged";
            return get(asked);
        };
    }""")
    page.get_by_role("button", name="Sign with a passkey").click()
    expect(page.locator("#refused")).to_contain_text("did not prove that it is you; nothing was signed")
    assert (SigningFailure.objects.get().wrong_proof, SignOff.objects.count()) == (True, 0)


def test_sending_back_needs_no_answers(visitor, row):
    """The questions must be answered to sign; the browser does not ask for them otherwise."""
    page = visitor(row.reviewer)
    page.goto(f"/desk/rounds/{row.pk}/#decision")
    page.get_by_label("I ask for changes.").check()
    page.get_by_label("What has to change").fill("Say how often.")
    page.get_by_role("button", name="Send back").click()
    page.wait_for_url("**/desk/")
    assert Article.objects.get(pk=row.article_id).state == "changes_requested"


def test_answers_stay_while_statements_are_judged(visitor, row):
    page = visitor(row.reviewer)
    to_the_decision(page, row)
    page.locator("input[name=answer-1][value=yes]").check()
    page.locator("#note").fill("Seen again.")
    page.locator(".verdicts button").first.click()
    expect(page.locator("#panel")).to_contain_text("Seen again.")
    assert page.locator("input[name=answer-1][value=yes]").is_checked()


@pytest.mark.parametrize("look", LOOKS)
def test_the_pages_of_who_has_both(visitor, row, look):
    width, scheme = LOOKS[look]
    page = visitor(row.reviewer, width=width, color_scheme=scheme)
    set_up_passkey(page)
    Authenticator.objects.create(user=row.reviewer, type="totp", data={"secret": "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"})
    factor = Authenticator.objects.get(type="totp").pk
    places = [
        ("factors-enrolled", "", "/accounts/factors/"),
        ("factor-remove", "", f"/accounts/factors/{factor}/remove/"),
        ("factor-codes", "", "/accounts/factors/codes/"),
        ("factor-lost", "", "/accounts/factors/lost/"),
        ("factor-passkey-second", "", "/accounts/factors/passkey/"),
        ("sign-panel-factors", "", f"/desk/rounds/{row.pk}/"),
    ]
    assert [fault for place in places for fault in visit(page, place, look)] == []
