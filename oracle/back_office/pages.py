"""One list of the back office: who reads it, who writes in it, and how a row is shown and saved."""

from collections.abc import Callable
from functools import update_wrapper
from typing import TYPE_CHECKING, Any, cast

from django.contrib import admin, messages
from django.contrib.admin import ShowFacets
from django.contrib.admin.utils import unquote
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse

from oracle.accounts.models import User
from oracle.audit.changes import columns
from oracle.audit.guards import history_of
from oracle.audit.history import record

from .forms import RecordForm
from .lists import OfficeList
from .site import office

if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[Any]
else:
    ModelAdmin = admin.ModelAdmin

Link = tuple[str, str]


class OfficePage(ModelAdmin):
    """A list and its rows, read-only; what is not a reader's is a 404. Nothing is ever deleted, nothing done in bulk.

    Superuser status and Django's own permissions count for nothing.
    """

    section = ""
    place: str | int = 0
    title = ""
    lead = ""
    readers: tuple[str, ...] = ()
    writers: tuple[str, ...] = ()
    addable = False
    columns: tuple[str, ...] = ()
    read_columns: tuple[str, ...] = ()
    actions = None
    list_per_page = 100
    show_full_result_count = False
    show_facets = ShowFacets.NEVER
    change_list_template = "back_office/list.html"

    # Who.

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Readers and writers."""
        return _person(request).has_role(*self.readers, *self.writers)

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Readers and writers."""
        return self.has_view_permission(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Writers, where rows are added by hand at all."""
        return self.addable and _person(request).has_role(*self.writers)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Writers."""
        return _person(request).has_role(*self.writers)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody."""
        return False

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Only what the list's own filters ask: any other condition could feel for what no page shows."""
        return any(lookup == getattr(asked, "parameter_name", None) for asked in self.list_filter)

    # Where.

    def get_urls(self) -> list[URLPattern]:
        """The list, a row, and, where rows are added, a new one; no history to revert to, no deletion."""
        urls = [
            path("", self._for_readers(self.changelist_view), name=self._name("changelist")),
            path("<str:object_id>/change/", self._for_readers(self.change_view), name=self._name("change")),
        ]
        if self.addable:
            urls.append(path("add/", self._for_readers(self.add_view), name=self._name("add")))
        return urls

    def address(self, what: str = "changelist", *args: Any) -> str:
        """The address of the list, of a row (`change`, its key) or of a new one (`add`)."""
        return reverse(f"{self.admin_site.name}:{self._name(what)}", args=args)

    @property
    def list_address(self) -> str:
        """The address of the list, for templates."""
        return self.address()

    # What is seen.

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        """A list that never counts."""
        return OfficeList

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """The list."""
        return super().changelist_view(request, {"page": self, "buttons": self.buttons(request)})

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """One row: a form for those who may change it, else its columns in words."""
        row = self.get_object(request, unquote(object_id))
        if row is None:
            raise Http404
        if self.has_change_permission(request, row):
            return super().change_view(request, object_id, form_url)
        if request.method not in ("GET", "HEAD"):
            raise PermissionDenied
        context = {"page": self, "row": row, "name": self.name_of(row), "columns": self.words_of(row)}
        return render(request, "back_office/read.html", {**context, "links": self.links(request, row)})

    def buttons(self, request: HttpRequest) -> list[Link]:
        """What the list's head offers: (address, words)."""
        adds = self.has_add_permission(request)
        return [(self.address("add"), f"Add a {self.opts.verbose_name}")] if adds else []

    def links(self, request: HttpRequest, row: Any) -> list[Link]:
        """What a row's page leads to: its history."""
        if not hasattr(row._meta, "simple_history_manager_attribute"):
            return []
        page = office._registry[history_of(type(row))]
        return [(f"{page.list_address}?q={row.pk}", "History")] if page.has_view_permission(request) else []  # type: ignore[attr-defined]

    def name_of(self, row: Any) -> str:
        """What the row's page is called."""
        return str(row)

    def words_of(self, row: Any) -> list[tuple[str, str]]:
        """The row's columns in words; of `read_columns` where named."""
        return columns(row, self.read_columns)

    def _for_readers(self, view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not self.has_view_permission(request):
                raise Http404
            return view(request, *args, **kwargs)

        return update_wrapper(inner, view)

    def _name(self, what: str) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}_{what}"


class WritingPage(OfficePage):
    """A list in which writers save rows: each save is one history row, with person, event and reason."""

    event = ""
    form = RecordForm
    form_lead = ""
    add_form_template = change_form_template = "back_office/form.html"

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """The form, which knows who fills it in."""
        form = super().get_form(request, obj, change, **kwargs)
        cast(Any, form).by = _person(request)
        return form

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Save through the record."""
        record(obj, by=_person(request), event=self.event, reason=form.cleaned_data.get("reason", ""))

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """Nothing: the history is the one record."""

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """Nothing: the history is the one record."""

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: Any = None) -> HttpResponse:
        """Back to the list."""
        return self._saved(request, obj)

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        """Back to the list."""
        return self._saved(request, obj)

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Any = None,
    ) -> HttpResponse:
        """The form in the site's own clothes; 422 when something must be mended, 409 when it came too late."""
        form = context["adminform"].form
        ours = {"page": self, "form": form, "name": self.name_of(obj) if obj else self.new_name(request)}
        ours |= {"links": self.links(request, obj), "facts": self.facts(obj)} if obj else {}
        response = super().render_change_form(request, context | ours, add, change, form_url, obj)
        if form.errors:
            response.status_code = 409 if form.stale else 422
        return response

    def new_name(self, request: HttpRequest) -> str:
        """What the page of a new row is called."""
        return f"Add a {self.opts.verbose_name}"

    def facts(self, row: Any) -> list[tuple[str, str]]:
        """What the form's head tells of the row: (what, in words)."""
        return []

    def saved_sentence(self, row: Any) -> str:
        """What the person is told after a save."""
        return f"Saved, and on record: {self.name_of(row)}."

    def _saved(self, request: HttpRequest, row: Any) -> HttpResponseRedirect:
        messages.success(request, self.saved_sentence(row))
        return redirect(self.list_address)


def _person(request: HttpRequest) -> User:
    return cast(User, request.user)


def register(model: type[models.Model]) -> Callable[[type[OfficePage]], type[OfficePage]]:
    """Put a page into the back office."""
    return admin.register(model, site=office)
