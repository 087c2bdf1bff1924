"""The back office's list of accounts; what is done with one is on its own page (`oracle.accounts.views`)."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.db.models.functions import Lower
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from oracle.back_office.lists import one_of
from oracle.back_office.pages import Link, OfficePage, register

from .models import Role, User

ACCOUNTS = [("True", "active or invited"), ("False", "deactivated")]


class RoleFilter(one_of("role", Role.choices)):  # type: ignore[misc]
    """Those who have a role, among others."""

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """The accounts with the chosen role."""
        return queryset.filter(roles__contains=[self.value()]) if self.value() else queryset


@register(User)
class AccountPage(OfficePage):
    """Accounts: an administrator's rows lead to the page where roles change; no page has a password."""

    section, place, title = "People and the board", 1, "Accounts"
    lead = "Everybody with an account, and their roles. Accounts are deactivated, never deleted."
    readers = (Role.ADMINISTRATOR, Role.AUDITOR)
    list_display = ("name", "email", "roles_now", "account")
    list_filter = (RoleFilter, one_of("is_active", ACCOUNTS, title="account"))
    search_fields = ("name", "email")
    search_help_text = "Name or e-mail"
    ordering = (Lower("name"),)
    columns = ("name", "email", "roles", "is_active", "password")
    read_columns = ("name", "email", "roles", "is_active", "date_joined")

    def buttons(self, request: HttpRequest) -> list[Link]:
        """Inviting is how an account is made."""
        return [(reverse("invite"), "Invite a person")] if _administers(request) else []

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """The person's own page for an administrator; the auditor reads here."""
        if _administers(request) and object_id.isdecimal() and request.method in ("GET", "HEAD"):
            return redirect("person", int(object_id))
        return super().change_view(request, object_id, form_url, extra_context)

    @admin.display(description="roles")
    def roles_now(self, row: User) -> str:
        """The roles in words."""
        return row.roles_in_words

    @admin.display(description="account")
    def account(self, row: User) -> str:
        """May the person sign in?"""
        if not row.is_active:
            return "deactivated"
        return "active" if row.has_usable_password() else "invited"


def _administers(request: HttpRequest) -> bool:
    return bool(request.user.is_authenticated and request.user.has_role(Role.ADMINISTRATOR))
