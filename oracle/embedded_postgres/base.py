"""The ENGINE: Django's PostgreSQL backend on the embedded server, which it starts when a connection fails."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db.backends.postgresql import base
from django.db.backends.postgresql.client import DatabaseClient as StockClient

from .server import APP, Server


def server() -> Server:
    """The server of these settings."""
    return Server(settings.DATA_DIR)


class DatabaseClient(StockClient):
    """`manage.py dbshell` with the psql that came with the server."""

    @classmethod
    def settings_to_cmd_args_env(
        cls, settings_dict: dict[str, Any], parameters: Iterable[str]
    ) -> tuple[list[str], dict[str, str] | None]:
        """The command and its environment."""
        found = server().parameters(settings_dict["USER"] or APP)
        names = {"HOST": "host", "PORT": "port", "USER": "user", "PASSWORD": "password"}
        filled = settings_dict | {name: str(found.get(key, "")) for name, key in names.items()}
        arguments, environment = super().settings_to_cmd_args_env(filled, list(parameters))
        return [str(server().programs / "psql"), *arguments[1:]], environment


class DatabaseWrapper(base.DatabaseWrapper):
    """Connects as `app`, or as the role that USER names (roles.as_owner)."""

    client_class = DatabaseClient

    def get_connection_params(self) -> dict[str, Any]:
        """Django's parameters with the socket, the role and its password."""
        return super().get_connection_params() | server().parameters(self.settings_dict["USER"] or APP)

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """A connection; where none is to be had, the server and the database are made or started first."""
        try:
            return super().get_new_connection(conn_params)
        except self.Database.OperationalError:
            server().ensure(self._database_to_make(conn_params["dbname"]))
        fresh = server().parameters(conn_params["user"])
        return super().get_new_connection(conn_params | fresh)

    def _database_to_make(self, name: str) -> str | None:
        # A test database is made and dropped by the tests alone.
        return None if name == self.settings_dict["TEST"]["NAME"] else name
