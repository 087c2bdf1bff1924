"""The back office's lists of history: every table of the record, row by row, read-only."""

from typing import Any, cast
from urllib.parse import quote

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from oracle.accounts.models import Role, User
from oracle.back_office.lists import moment
from oracle.back_office.pages import Link, OfficePage, register

from .guards import history_of, regulated_models
from .timeline import sources
from .veil import veil_of
from .views import READERS, WHOLE_READERS

# What is called otherwise on the screen than in the code.
NAMES = {
    "user": "accounts",
    "signoffrule": "sign-off rules",
    "addedclaim": "added statements",
    "claimcheck": "verdicts",
    "document": "policy and disclaimers",
    "suspension": "hidden texts",
    "waiver": "warnings set aside",
}


class HistoryPage(OfficePage):
    """The history of one table, newest first; read by those who read it on the timeline."""

    section = "History"
    lead = "One row for each change, newest first: who, in which role then, what and why."
    # No column of any table has these names; Django would take it instead.
    list_display = ("told_at", "told_by", "told_roles", "told_event", "told_reason", "told_of")
    list_select_related = ("history_user",)
    # Django asks for a field before it offers a search; the one search here is by the row's key.
    search_fields = ("history_event",)
    search_help_text = "The row’s number or short name"
    ordering = ("-history_id",)
    sortable_by = ()
    list_per_page = 50

    def __init__(self, model: Any, admin_site: Any) -> None:
        super().__init__(model, admin_site)
        told = model.instance_type._meta
        self.place = NAMES.get(told.model_name, str(told.verbose_name_plural))
        self.title = f"History of {self.place}"
        self.key = told.pk.attname
        told_of_each = ("id", "date", "user__name", "event", "roles", "change_reason")
        self.columns = (self.key, *(f"history_{name}" for name in told_of_each))

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """As on the timeline: an administrator reads what belongs to no article."""
        readers = WHOLE_READERS if sources()[self.opts.db_table].of_articles else READERS
        return bool(request.user.is_authenticated and request.user.has_role(*readers))

    def get_queryset(self, request: HttpRequest) -> Any:
        """Without what the reader may not read yet."""
        rows, veil = super().get_queryset(request), veil_of(cast(User, request.user))
        if self.model.instance_type._meta.model_name not in veil.about or not veil.articles:
            return rows
        return rows.filter(~Q(article__in=veil.articles) | Q(history_user=veil.reader))

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        """The rows of one key; its index answers, however long the history is."""
        try:
            return (queryset.filter(**{self.key: search_term}) if search_term else queryset), False
        except (ValueError, ValidationError):
            return queryset.none(), False

    def name_of(self, row: Any) -> str:
        """Which entry, and of what."""
        return f"Entry {row.history_id}: {row.history_event}"

    def links(self, request: HttpRequest, row: Any) -> list[Link]:
        """What changed in this row, and every other row of the same thing."""
        return [
            (reverse("entry", args=[self.opts.db_table, row.history_id]), "What changed"),
            (f"{self.address()}?q={quote(self.told_of(row))}", "All its history"),
        ]

    def words_of(self, row: Any) -> list[tuple[str, str]]:
        """Who, when and why, then the columns as they were from then on."""
        told = [
            ("When", f"{timezone.localtime(row.history_date):%-d %B %Y, %H:%M:%S %Z}"),
            ("Who", self.told_by(row)),
            ("Roles then", self.told_roles(row) or "none"),
            ("Event", row.history_event),
            ("Reason", self.told_reason(row) or "none asked for"),
            ("Row", self.told_of(row)),
        ]
        return [*told, *super().words_of(row)]

    @admin.display(description="when")
    def told_at(self, row: Any) -> str:
        """The time."""
        return moment(row.history_date)

    @admin.display(description="who")
    def told_by(self, row: Any) -> str:
        """The person, or the system."""
        return row.history_user.name if row.history_user else "The system"

    @admin.display(description="roles then")
    def told_roles(self, row: Any) -> str:
        """What the person was at that moment."""
        return ", ".join(str(Role(role).label) for role in row.history_roles)

    @admin.display(description="event")
    def told_event(self, row: Any) -> str:
        """The event's key."""
        return str(row.history_event)

    @admin.display(description="reason")
    def told_reason(self, row: Any) -> str:
        """The typed reason, where one was asked for."""
        return "" if row.history_change_reason == row.history_event else str(row.history_change_reason)

    @admin.display(description="row")
    def told_of(self, row: Any) -> str:
        """Which row changed."""
        return str(getattr(row, self.key))


for _regulated in regulated_models():
    register(history_of(_regulated))(HistoryPage)
