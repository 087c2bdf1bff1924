"""The request of a desk: somebody is signed in, by `LoginRequiredMiddleware`."""

from django.http import HttpRequest

from .models import User


class DeskRequest(HttpRequest):
    """For type checkers: `user` is an account, never anonymous."""

    user: User
