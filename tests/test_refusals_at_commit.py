"""What PostgreSQL refuses, at once or at commit after the view, becomes a sentence and a 409, never a 500."""

import pytest
from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.urls import path

from articles.models import Article, Version
from oracle.urls import urlpatterns as site

from .cast import make_article, submitted

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.urls(__name__)]


@login_not_required
def without_history(request: HttpRequest) -> HttpResponse:
    """The deferred check of G2 answers at commit, when this view has returned."""
    Article.objects.update(risk="high")
    return HttpResponse("done")


@login_not_required
def against_the_freeze(request: HttpRequest) -> HttpResponse:
    Version.objects.update(question="Another?")
    return HttpResponse("done")


@login_not_required
def with_an_error_of_ours(request: HttpRequest) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nonsense")
    return HttpResponse("done")


urlpatterns = [
    path("without-history/", without_history),
    path("against-the-freeze/", against_the_freeze),
    path("our-error/", with_an_error_of_ours),
    *site,
]


def test_at_commit(client, editor):
    article = make_article(editor)
    answer = client.get("/without-history/")
    assert (answer.status_code, b"Nothing was written" in answer.content) == (409, True)
    assert Article.objects.get(pk=article.pk).risk == "standard"


def test_at_once(client, editor):
    submitted(editor)
    answer = client.get("/against-the-freeze/")
    assert (answer.status_code, b"Nothing was written" in answer.content) == (409, True)


def test_a_fault_of_ours_stays_one(client):
    client.raise_request_exception = False
    assert client.get("/our-error/").status_code == 500
