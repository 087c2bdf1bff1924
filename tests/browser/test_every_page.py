"""Every page: axe finds nothing, the console is silent, nothing overflows; light, dark and at 360 px.

`make screenshots` keeps the pictures in .data/screenshots/.
"""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from oracle.accounts.demonstration import DEMONSTRATION_PASSWORD

from .pictures import keep
from .places import Place, furnish

pytestmark = pytest.mark.django_db(transaction=True)
LOOKS = {"light": (1280, "light"), "dark": (1280, "dark"), "360": (360, "light")}
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.mark.parametrize("look", LOOKS)
def test_every_page(visitor, look, settings):
    # The demonstration's people sign in as with DEBUG=1, which would show Django's own pages of errors.
    settings.AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
    faults: list[str] = []
    places = furnish()
    for who in dict.fromkeys(who for _, who, _ in places):
        width, scheme = LOOKS[look]
        page = visitor(width=width, color_scheme=scheme)
        if who:
            enter(page, who)
        for place in places:
            if place[1] == who:
                faults += visit(page, place, look)
    assert not faults, "\n".join(faults)


def enter(page: Page, who: str) -> None:
    page.goto("/accounts/login/")
    page.locator("input[name=login]").fill(f"{who}@demo.example")
    page.locator("input[name=password]").fill(DEMONSTRATION_PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda url: "login" not in url)


def visit(page: Page, place: Place, look: str) -> list[str]:
    """What is wrong with one page."""
    name, _, address = place
    response = page.goto(address)
    wanted = {"not-found": 404, "not-allowed": 403}.get(name, 200)
    if response is None or response.status != wanted:
        return [f"{name}: {response and response.status}"]
    keep(page, f"{name}-{look}")
    found = Axe().run(page, options=RULES).response["violations"]
    faults = [f"{name}: {item['id']} {[node['target'] for node in item['nodes']][:3]}" for item in found]
    over = page.evaluate(OVERFLOW)
    return faults + ([f"{name}: {over} px too wide"] if over > 0 else [])
