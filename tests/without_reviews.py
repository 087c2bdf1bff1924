"""Run by test_without_reviews.py in a process of its own: the site with `reviews` taken away."""

import os
import sys

sys.modules["reviews"] = None  # type: ignore[assignment]
os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"

from django.conf import settings  # noqa: E402

settings.INSTALLED_APPS.remove("reviews")
settings.ROOT_URLCONF = __name__
settings.ALLOWED_HOSTS = ["*"]

import django  # noqa: E402
from django.urls import include, path  # noqa: E402

django.setup()

from oracle.back_office.site import office  # noqa: E402

urlpatterns = [
    path("", include("articles.urls")),
    path("", include("oracle.audit.urls")),
    path("", include("oracle.accounts.urls")),
    path("office/", office.urls),
]


def main() -> None:
    """Write an article and send it in; read it as its public does; nothing is kept."""
    from django.db import connection, transaction
    from django.test import Client

    from articles import drafts
    from articles.models import Specialty
    from articles.text.content import Content
    from oracle.accounts.models import User
    from oracle.audit.history import record
    from oracle.refusals import Refusal

    connection.settings_dict["NAME"] = sys.argv[1]
    with transaction.atomic():
        record(Specialty(slug="nephrology", name="Nephrology"), by=None, event="specialty.save")
        editor = User.objects.create_user("alone@example.org", name="Edith Editor", roles=["editor"])
        text = Content(
            question="Is it readable?",
            direct_answer="Yes, it can be read.",
            title="Alone",
            professional="It can be read without a board.",
            ai_use={"level": "none", "checked_by": "Edith Editor"},
            funding="none",
        )
        article = drafts.create(text, by=editor, specialties=["nephrology"], risk="standard")
        article = article.perform("submit", by=editor)
        member = User.objects.create_user("member@example.org", name="Rita Reviewer", roles=["reviewer"])
        try:
            article.perform("start_review", by=member, round_id=0)
        except Refusal as refusal:
            print(refusal.sentence)
        client = Client()
        client.force_login(editor, backend="oracle.accounts.backend.AccountBackend")
        for who in (client, Client()):
            for address in ("/", f"/articles/{article.slug}/", "/status/", "/report/"):
                print(address, who.get(address).status_code)
        for address in ("/desk/", "/desk/articles/", f"/desk/articles/{article.slug}/", "/desk/new/"):
            print(address, client.get(address).status_code)
        transaction.set_rollback(True)


main()
