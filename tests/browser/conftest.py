"""A real Chromium for the tests of pages; every page must leave the console silent."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from oracle.accounts.models import User
from tests.cast import PASSWORD

from .chromium import launch_options

Visitor = Callable[..., Page]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(**launch_options())
        yield chromium
        chromium.close()


@pytest.fixture
def visitor(browser: Browser, live_server, settings) -> Iterator[Visitor]:
    """Opens a browser of its own for a person (or nobody): `visitor(editor, width=360, color_scheme="dark")`."""
    settings.ALLOWED_HOSTS = ["*"]
    noise: list[str] = []
    contexts = []

    def open_as(user: User | None = None, *, width: int = 1280, **options: object) -> Page:
        context = browser.new_context(base_url=live_server.url, viewport={"width": width, "height": 900}, **options)
        context.set_default_timeout(10_000)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: noise.append(f"{page.url}: {message.text}"))
        page.on("pageerror", lambda error: noise.append(f"{page.url}: {error}"))
        if user:
            sign_in(page, user)
        return page

    yield open_as
    for context in contexts:
        context.close()
    # What a refusal and a lost connection say of themselves; htmx tells the latter three times.
    expected = ("status of 4", "Status Error Code 4", "INTERNET_DISCONNECTED", "htmx:sendError", "htmx:afterRequest")
    assert [line for line in noise if not any(words in line for words in expected)] == []


def sign_in(page: Page, user: User) -> None:
    """Through the sign-in page, as a person does."""
    page.goto("/accounts/login/")
    page.locator("input[name=login]").fill(user.email)
    page.locator("input[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/desk/**")
