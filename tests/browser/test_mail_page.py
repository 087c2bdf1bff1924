"""The demonstration's mail page, as the other pages are visited: axe, the console, light, dark and at 360 px."""

import pytest

from oracle.accounts import invitations
from oracle.accounts.models import User

from .places import build
from .test_every_page import LOOKS, visit

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("look", LOOKS)
def test_the_mail_page(visitor, live_server, settings, look):
    settings.EMAIL_BACKEND = "oracle.outbox.backend.OutboxBackend"
    build()
    settings.DEBUG = True
    nora = invitations.invite(
        "nora@example.org", "Nora Newcomer", ["reviewer"], by=User.objects.get(email="administrator@demo.example")
    )
    invitations.send(nora, f"{live_server.url}{invitations.path_of(nora)}")
    width, scheme = LOOKS[look]
    page = visitor(width=width, color_scheme=scheme)
    assert visit(page, ("mail", "", "/mail/"), look) == []
    assert page.get_by_role("heading", name="Changes asked for: Should a child with mild croup").count() == 1
    page.get_by_role("link", name="/accounts/password/reset/key/").click()
    assert page.get_by_role("heading", level=1).inner_text() == "Set your password"
