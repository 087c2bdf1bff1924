"""Health: `/healthz` needs nothing, `/readyz` the migrated database; both answer whoever asks, however."""

from typing import Any

import pytest
from django.db import connection, connections
from django.db.backends.postgresql import base as stock
from django.test import Client

from oracle import health

ADDRESSES = ("/healthz", "/readyz")


def test_alive_without_a_database(client: Client) -> None:
    # This test may not reach the database; asking for it would be an error here.
    response = client.get("/healthz")
    assert (response.status_code, response.json()) == (200, {"ok": True})


@pytest.mark.django_db
def test_ready_with_one_statement(client: Client, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        response = client.get("/readyz")
    assert (response.status_code, response.json()) == (200, {"ok": True})


@pytest.mark.django_db
@pytest.mark.parametrize("address", ADDRESSES)
def test_whoever_asks_however(address: str, settings: Any) -> None:
    settings.SECURE_SSL_REDIRECT = True
    response = Client(headers={"Host": "10.0.0.7:8000"}).head(address)
    assert (response.status_code, response["Cache-Control"]) == (200, "no-store")
    assert sorted(response.headers) == ["Cache-Control", "Content-Type"]


@pytest.mark.django_db
def test_a_waiting_migration_is_told_without_its_name(client: Client, monkeypatch: Any) -> None:
    more = health.known_migrations() | {("articles", "9999_secret")}
    monkeypatch.setattr(health, "known_migrations", lambda: more)
    response = client.get("/readyz")
    sentence = "Migrations wait to be applied: 1. Run `manage.py migrate`."
    assert (response.status_code, response.json()) == (503, {"ok": False, "missing": sentence})


def test_the_known_migrations_are_those_of_the_code() -> None:
    assert {("articles", "0001_initial"), ("reviews", "0002_guards")} < health.known_migrations()


@pytest.mark.django_db(transaction=True)
def test_a_database_that_does_not_answer(client: Client) -> None:
    nowhere = stock.DatabaseWrapper(connection.settings_dict | {"HOST": "127.0.0.1", "PORT": 9})
    kept = connections["default"]
    connections["default"] = nowhere
    try:
        response = client.get("/readyz")
    finally:
        connections["default"] = kept
    assert (response.status_code, response.json()["ok"]) == (503, False)
    assert "does not answer" in response.json()["missing"]
