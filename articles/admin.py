"""The back office's lists of what is written: articles and versions read-only, specialties and documents to keep."""

from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.core.validators import RegexValidator
from django.db.models import Max, OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from articles.text.content import line_ends
from articles.text.signing_questions import fault
from oracle import clock
from oracle.accounts.models import Role
from oracle.audit.forms import DayField
from oracle.back_office.forms import ReasonedForm, RecordForm
from oracle.back_office.lists import moment, one_of
from oracle.back_office.pages import Link, OfficePage, WritingPage, register

from .models import Article, Document, Outcome, Risk, Specialty, State, Version

LONGEST_DOCUMENT = 100_000
ASKED = (
    "One question a line, five at most, that a signer must answer with yes and no check can answer. [plain] before one "
    "asks it only where there is a wording for patients, [high] only at high risk."
)


@register(Article)
class ArticlePage(OfficePage):
    """Articles: changed by their verbs alone, elsewhere."""

    section, place, title = "Articles and signatures", 1, "Articles"
    lead = "Where every article stands. What is done with one is done on its record."
    readers = (Role.CHAIR, Role.AUDITOR)
    list_display = ("question", "state", "risk", "specialties_now", "updated_on")
    list_filter = (one_of("state", State.choices), one_of("risk", Risk.choices))
    list_select_related = ("current_version",)
    search_fields = ("slug", "current_version__question")
    search_help_text = "Words of the question or the address"
    ordering = ("-id",)
    sortable_by = ()
    columns = ("slug", "state", "risk", "specialties", "updated_on", "current_version__question")

    @admin.display(description="question")
    def question(self, row: Article) -> str:
        """What is asked."""
        return row.current_version.question if row.current_version else row.slug

    @admin.display(description="specialties")
    def specialties_now(self, row: Article) -> str:
        """The main one first."""
        return row.fields_of_medicine

    def links(self, request: HttpRequest, row: Article) -> list[Link]:
        """Its record, where the verbs are, and its history."""
        return [(reverse("record", args=[row.slug]), "Its record"), *super().links(request, row)]


@register(Version)
class VersionPage(OfficePage):
    """Every numbered text."""

    section, place, title = "Articles and signatures", 2, "Versions"
    lead = "Every numbered text of every article, with its fingerprint."
    readers = (Role.CHAIR, Role.AUDITOR)
    list_display = ("article", "number", "frozen", "outcome", "fingerprint_short")
    list_display_links = ("article", "number")
    list_filter = (one_of("outcome", Outcome.choices),)
    list_select_related = ("article",)
    search_fields = ("article__slug",)
    search_help_text = "Words of the article’s address"
    ordering = ("-id",)
    sortable_by = ()
    columns = ("number", "frozen_at", "outcome", "content_sha256", "article__slug")
    read_columns = (
        *("article", "number", "question", "change_note", "ai_use", "funding"),
        *("frozen_at", "content_sha256", "outcome"),
    )

    @admin.display(description="frozen at")
    def frozen(self, row: Version) -> str:
        """When its text was fixed for ever."""
        return moment(row.frozen_at)

    @admin.display(description="fingerprint")
    def fingerprint_short(self, row: Version) -> str:
        """The first characters of the hash; a draft has none yet."""
        return row.content_sha256[:8]

    def name_of(self, row: Version) -> str:
        """The version and its article."""
        return f"{row.article.slug}, version {row.number}"

    def links(self, request: HttpRequest, row: Version) -> list[Link]:
        """The text to read, and its history."""
        address = reverse("desk_version", args=[row.article.slug, row.number])
        return [(address, "Read it"), *super().links(request, row)]


class SpecialtyForm(RecordForm):
    """A field of medicine; its short name is what articles and board records keep, and never changes."""

    slug = forms.CharField(
        max_length=50,
        label="Short name",
        help_text="Small letters, digits and hyphens, as in “general-medicine”. It can never be changed.",
        validators=[RegexValidator(r"^[a-z][a-z0-9]*(-[a-z0-9]+)*\Z", "Use small letters, digits and hyphens only.")],
    )

    class Meta:
        model = Specialty
        fields = ("slug", "name")
        help_texts = {"name": "As people read it, for example “General medicine”."}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance._state.adding:
            del self.fields["slug"]

    def clean_slug(self) -> str:
        """A short name that no other specialty has."""
        slug = str(self.cleaned_data["slug"])
        if Specialty.objects.filter(slug=slug).exists():
            raise forms.ValidationError("There is a specialty with this short name already.")
        return slug


@register(Specialty)
class SpecialtyPage(WritingPage):
    """Specialties: added and renamed, never taken away."""

    section, place, title = "Rules and texts", 3, "Specialties"
    lead = "The fields of medicine that articles and board members name. They are renamed, never deleted."
    readers = (Role.AUDITOR,)
    writers = (Role.CHAIR, Role.ADMINISTRATOR)
    addable = True
    event = "specialty.save"
    form = SpecialtyForm
    form_lead = "A new name shows at once wherever the specialty is named; signatures keep the short name."
    list_display = ("name", "slug")
    search_fields = ("name", "slug")
    search_help_text = "Name or short name"
    ordering = ("name",)

    def facts(self, row: Specialty) -> list[tuple[str, str]]:
        """What stays."""
        return [("Short name", row.slug)]


class DocumentForm(ReasonedForm):
    """The next version of a document, begun from the newest; `kind` is set by the page."""

    kind: str
    body = forms.CharField(
        max_length=LONGEST_DOCUMENT,
        label="Text",
        help_text="Markdown. The text of the newest version stands here to begin with.",
        widget=forms.Textarea(attrs={"rows": 24, "class": "writing"}),
    )
    in_force_from = DayField(
        required=True, help_text="Today or later. Readers get the text from this day on; its number decides the order."
    )
    field_order = ("body", "withholds", "in_force_from", "reason")

    class Meta:
        model = Document
        fields = ("body", "withholds", "in_force_from")
        labels = {"withholds": "Pending texts"}
        help_texts = {"withholds": "Which texts readers do not get before they are signed."}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        newest = self.newest_of_kind()
        self.instance.kind = self.kind
        self.initial.update(body=newest.body if newest else "", in_force_from=clock.today())
        if newest:
            self.initial["withholds"] = newest.withholds
        if self.kind != Document.Kind.POLICY:
            del self.fields["withholds"]
        if self.kind == Document.Kind.QUESTIONS:
            body = self.fields["body"]
            body.label, body.help_text, body.widget.attrs["rows"] = "Questions", ASKED, 8

    def newest_of_kind(self, *, locked: bool = False) -> Document | None:
        """The version with the highest number."""
        rows = Document.objects.select_for_update(no_key=True) if locked else Document.objects
        return rows.filter(kind=self.kind).order_by("-number").first()

    def newest(self) -> str:
        """The form is made from the newest version of its kind."""
        return str(Document.objects.filter(kind=self.kind).aggregate(Max("number"))["number__max"] or "")

    def lock(self) -> None:
        """Hold the newest version, so that two new ones do not take the same number."""
        newest = self.newest_of_kind(locked=True)
        self.instance.number = newest.number + 1 if newest else 1

    def clean_body(self) -> str:
        """The text, with line ends as they are stored; of questions one that can be asked."""
        body = line_ends(str(self.cleaned_data["body"]))
        sentence = fault(body) if self.kind == Document.Kind.QUESTIONS else None
        if sentence:
            raise forms.ValidationError(sentence)
        return body

    def clean_in_force_from(self) -> Any:
        """A day from today on: what readers saw yesterday is past."""
        day = self.cleaned_data["in_force_from"]
        if day < clock.today():
            raise forms.ValidationError("A document cannot come into force in the past; choose today or a later day.")
        return day

    def clean(self) -> dict[str, Any]:
        """A text that says something new."""
        data = super().clean()
        if not {"body", "withholds"} & {*self.changed_data, *self.errors}:
            raise forms.ValidationError("This text is the newest version’s, word for word; nothing was written.")
        return data


@register(Document)
class DocumentPage(WritingPage):
    """Policy, disclaimers, questions: a change is a new row with the next number; what was is never changed."""

    section, place, title = "Rules and texts", 2, "Policy and disclaimers"
    lead = "Numbered, so that it is known what readers saw and signers answered on any day. A change is a new version."
    readers = (Role.AUDITOR, Role.ADMINISTRATOR)
    writers = (Role.CHAIR,)
    addable = True
    event = "document.save"
    form = DocumentForm
    form_lead = "This makes a new version. The earlier ones stay as they are, and signatures keep the ones they name."
    list_display = ("name_of", "in_force_from", "now")
    list_filter = (one_of("kind", Document.Kind.choices),)
    search_fields = ("body",)
    search_help_text = "Words of the text"
    ordering = ("kind", "-number")
    sortable_by = ()
    columns = ("kind", "number", "in_force_from")
    read_columns = ("kind", "number", "in_force_from", "withholds", "body")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Document]:
        """The documents, each with the id of the one of its kind that is in force."""
        rows: QuerySet[Document] = super().get_queryset(request)
        standing = Document.objects.in_force(cast(str, OuterRef("kind"))).values("pk")[:1]
        return rows.annotate(standing_id=Subquery(standing))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody: what readers saw stays known."""
        return False

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """A new version of the kind that the address names."""
        if request.GET.get("kind") not in Document.Kind.values:
            messages.warning(request, "Choose which document gets a new version.")
            return redirect(self.list_address)
        return super().add_view(request, form_url, extra_context)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """The form for the kind that the address names."""
        form = super().get_form(request, obj, change, **kwargs)
        form.kind = Document.Kind(request.GET["kind"])
        return form

    def buttons(self, request: HttpRequest) -> list[Link]:
        """A new version of each kind."""
        adds = Document.Kind if self.has_add_permission(request) else ()
        return [(f"{self.address('add')}?kind={kind}", f"New {kind.label}") for kind in adds]

    def new_name(self, request: HttpRequest) -> str:
        """Which document the new text is of."""
        return f"New version: {Document.Kind(request.GET['kind']).label}"

    @admin.display(description="document")
    def name_of(self, row: Document) -> str:
        """The kind and the number."""
        return str(row).capitalize()

    @admin.display(description="now")
    def now(self, row: Any) -> str:
        """Is it in force?"""
        if row.pk == row.standing_id:
            return "in force"
        return "not yet in force" if row.in_force_from > clock.today() else "earlier"
