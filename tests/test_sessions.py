"""A session that cannot be saved because the database went away is no sign-out."""

import pytest
from django.contrib.sessions.backends.base import UpdateError
from django.db import OperationalError, connection, connections

from oracle.sessions import SessionStore

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def session() -> SessionStore:
    store = SessionStore()
    store["link"] = "once"
    store.save()
    return store


def test_a_save_over_a_dead_connection_says_so(session: SessionStore) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        backend = cursor.fetchone()[0]
    other = connections.create_connection("default")
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [backend])
    other.close()
    with pytest.raises(OperationalError):
        session.save()
    connection.close()


def test_a_save_after_a_sign_out_is_still_refused(session: SessionStore) -> None:
    SessionStore(session.session_key).flush()
    with pytest.raises(UpdateError):
        session.save()
