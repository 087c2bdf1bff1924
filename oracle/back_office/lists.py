"""Lists that never count: a page is read with one row more, which tells whether another follows."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.contrib.admin import SimpleListFilter
from django.contrib.admin.views.main import PAGE_VAR, SEARCH_VAR, ChangeList
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

LAST_PAGE = 1000  # further back a filter or a search is quicker than turning pages


def moment(at: datetime | None) -> str:
    """A time as lists show it, in the site's zone."""
    return f"{timezone.localtime(at):%-d %b %Y, %H:%M}" if at else ""


class OfficeList(ChangeList):
    """One page of a list; the page's `columns`, where named, are all that is read of each row."""

    more = False

    def get_queryset(self, request: HttpRequest, exclude_parameters: Any = None) -> QuerySet[Any]:
        """The rows that the address asks for, with only the columns that the list shows."""
        rows = super().get_queryset(request, exclude_parameters)
        columns = self.model_admin.columns  # type: ignore[attr-defined]
        return rows.only(*columns) if columns else rows

    def get_results(self, request: HttpRequest) -> None:
        """Read one page."""
        self.page_num = min(max(self.page_num, 1), LAST_PAGE)
        start = (self.page_num - 1) * self.list_per_page
        rows = list(self.queryset[start : start + self.list_per_page + 1])
        self.more = len(rows) > self.list_per_page and self.page_num < LAST_PAGE
        self.result_list = rows[: self.list_per_page]
        self.result_count, self.full_result_count = len(self.result_list), None
        self.show_full_result_count = self.show_admin_actions = self.can_show_all = self.multi_page = False

    @property
    def newer_url(self) -> str:
        """The address of the page before, if there is one."""
        return self.get_query_string({PAGE_VAR: self.page_num - 1}) if self.page_num > 1 else ""

    @property
    def older_url(self) -> str:
        """The address of the next page, if there is one."""
        return self.get_query_string({PAGE_VAR: self.page_num + 1}) if self.more else ""

    @property
    def narrowed(self) -> bool:
        """Does the address leave anything out?"""
        return bool(self.query or self.get_filters_params())

    @property
    def kept(self) -> dict[str, str]:
        """What of the address the form of filters does not ask for, and must carry along."""
        asked = {SEARCH_VAR, PAGE_VAR, *(getattr(spec, "parameter_name", "") for spec in self.filter_specs)}
        return {name: value for name, value in self.params.items() if name not in asked}


def one_of(field: str, choices: Sequence[tuple[Any, Any]], title: str = "") -> type[SimpleListFilter]:
    """A filter by the values of one column, chosen from a list."""

    class OneOf(SimpleListFilter):
        """The rows with the chosen value."""

        parameter_name = field

        def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
            """The values that say something."""
            return [(str(value), str(label)) for value, label in choices if value != ""]

        def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
            """All rows, or those with the chosen value; no row has a value that is none."""
            if not self.value():
                return queryset
            try:
                return queryset.filter(**{field: self.value()})
            except ValidationError:
                return queryset.none()

    OneOf.title = title or field.replace("_", " ")
    return OneOf
