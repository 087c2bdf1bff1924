"""What readers see. Every page but the form for reports is a `public_page`: no sign-in, no cookie, no session."""

from typing import Any

from allauth.core.internal.ratelimit import get_ip
from django import forms
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core import signing
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import Resolver404, resolve, reverse
from django.utils.crypto import salted_hmac
from django.views.decorators.http import require_http_methods

from articles import mail, permissions, wording
from articles.models import Article, Document, Report
from articles.models.marks import marks, with_marks
from articles.models.queries import submitted_versions, text_of
from articles.reader import Page, Reader, Text, markdown, page, version_lines
from oracle import clock

from . import kept
from .cached import public_page

REPORTS, HOUR = 5, 3600
KEPT = kept.Kept()
SAID = {"education": wording.EDUCATION, "all_reviewed_claim": wording.ALL_REVIEWED}


@public_page
def article(request: HttpRequest, slug: str) -> HttpResponse:
    """The article page: one statement for an anonymous reader, a second one where it was not made before."""
    reader, on = Reader.of(request.GET), clock.today()
    if getattr(request, "has_session", False):
        return _shown(request, *_article(slug, reader))

    def make() -> kept.Page:
        rows: Any = Article.objects.for_readers(slug, reader.audience, on)
        row = get_object_or_404(rows.annotate(marks=with_marks(slug, reader.audience, on)))
        return kept.Page(row.marks, _shown(request, row, page(row, reader, on)).content)

    found = marks(slug, reader.audience, on)
    if found is None:
        raise Http404
    return KEPT.response((request.build_absolute_uri(request.path), reader.choice), found, make)


def _shown(request: HttpRequest, row: Any, whole: Page) -> HttpResponse:
    person = request.user if getattr(request, "has_session", False) and request.user.is_authenticated else None
    context = {
        **SAID,
        "page": whole,
        "disclosures": whole.disclosures,
        "canonical": request.build_absolute_uri(reverse("article", args=[row.slug])),
        "may_hide": not row.suspension and permissions.can_suspend(row, person),
        "may_read_desk": permissions.can_read_desk(row, person),
    }
    return render(request, "public/article.html", context)


def _article(slug: str, reader: Reader) -> tuple[Any, Page]:
    row = get_object_or_404(Article.objects.for_readers(slug, reader.audience, clock.today()))
    return row, page(row, reader, clock.today())


@public_page
def versions(request: HttpRequest, slug: str) -> HttpResponse:
    """The public version history: number, dates, what became of each version, and the texts that stay readable."""
    row, whole = _article(slug, Reader.of(request.GET))
    lines = version_lines(row, whole, submitted_versions(row.pk))
    context = {
        "page": whole,
        "first_public_on": row.first_public_on,
        "lines": lines,
        "canonical": request.build_absolute_uri(request.path),
    }
    return render(request, "public/versions.html", context)


@public_page
def version(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """An earlier signed version, under a notice; of a text no longer readable, what became of it."""
    reader = Reader.of(request.GET)
    row, whole = _article(slug, reader)
    lines = version_lines(row, whole, submitted_versions(row.pk))
    line = next((line for line in lines if line.number == number), None)
    if line is None:
        raise Http404
    if line.shown and line.readable:
        return redirect(reverse("article", args=[slug]) + reader.query)
    context = {
        **SAID,
        "page": whole,
        "line": line,
        "text": Text.of(text_of(line.id, reader.audience), reader) if line.readable else None,
        "canonical": request.build_absolute_uri(reverse("article", args=[slug])),
    }
    return render(request, "public/version.html", context)


@public_page
def policy(request: HttpRequest, number: int | None = None) -> HttpResponse:
    """The editorial policy in force, or the one with `number`, and the list of all."""
    found = list(Document.objects.filter(kind=Document.Kind.POLICY).order_by("-number"))
    in_force = next((document for document in found if document.in_force_from <= clock.today()), None)
    chosen = in_force if number is None else next((one for one in found if one.number == number), None)
    if chosen is None and number is not None:
        raise Http404
    context = {
        "policy": chosen,
        "in_force": in_force,
        "later": chosen and chosen.in_force_from > clock.today(),
        "policies": found,
        "body": markdown(chosen.body) if chosen else "",
        "canonical": request.build_absolute_uri(request.path),
    }
    return render(request, "public/policy.html", context)


@public_page
def status_meaning(request: HttpRequest) -> HttpResponse:
    """What each status means."""
    return render(request, "public/status_meaning.html")


@public_page
def contact(request: HttpRequest) -> HttpResponse:
    """Whom to write to."""
    return render(request, "public/contact.html")


class ReportForm(forms.ModelForm):  # type: ignore[type-arg]  # not subscriptable when it runs
    """A reader's report. `website` is a trap that people leave empty."""

    website = forms.CharField(
        label="Leave this empty",
        required=False,
        widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"}),
    )
    article = forms.SlugField(required=False, max_length=120, widget=forms.HiddenInput)

    class Meta:
        model = Report
        fields = ("text", "could_harm", "contact", "page")
        widgets = {"page": forms.HiddenInput, "text": forms.Textarea(attrs={"rows": 8})}
        labels = {"text": "What is wrong?", "contact": "Your e-mail"}
        help_texts = {
            "text": "Say where on the page, and how you know. Give no details about your own or anybody's health.",
            "contact": "Only to ask you back about this report.",
            "could_harm": "Such reports are read first.",
        }
        error_messages = {"text": {"required": "Say what is wrong; a sentence is enough."}}

    def clean_website(self) -> str:
        """Refuse what only a machine fills in."""
        if self.cleaned_data["website"]:
            raise forms.ValidationError("Leave this field empty; it is there to keep machines out.")
        return ""

    def save(self, commit: bool = True) -> Report:
        """The report, about the public article named by the form or by the page's address."""
        slug = self.cleaned_data["article"] or slug_of(self.cleaned_data["page"])
        self.instance.article = Article.objects.ever_public().filter(slug=slug).first()
        saved: Report = super().save(commit)
        return saved


def slug_of(path: str) -> str:
    """The article that an address of this site is about, or nothing."""
    try:
        return str(resolve(path).kwargs.get("slug", ""))
    except Resolver404:
        return ""


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest) -> HttpResponse:
    """A page of its own for reports, since only it needs a form and a cookie; afterwards, the report's number."""
    if request.method == "POST":
        form = ReportForm(request.POST)
        status = 422
        if form.is_valid():
            if may_report(request):
                return redirect(f"{reverse('report')}?sent={signing.dumps(_taken(request, form).pk)}")
            form.add_error(None, wording.too_many_reports(settings.CONTACT_EMAIL))
            status = 429
        return render(request, "public/report.html", {"form": form, "asked": _asked(form)}, status=status)
    if "sent" in request.GET:
        return render(request, "public/report_sent.html", {"number": _sent(request.GET["sent"])})
    begun = {"article": request.GET.get("article", "")[:120], "page": request.GET.get("page", "")[:300]}
    form = ReportForm(initial=begun)
    return render(request, "public/report.html", {"form": form, "asked": _asked(form)})


def _taken(request: HttpRequest, form: ReportForm) -> Report:
    """Keep the report; of one that could harm the chairs are told at once."""
    saved = form.save()
    if saved.could_harm:
        version = saved.article and saved.article.current_version
        question = version.question if version else "a page of this site"
        mail.harm_reported(saved, question, request.build_absolute_uri(reverse("report_desk", args=[saved.pk])))
    return saved


def may_report(request: HttpRequest) -> bool:
    """Take one of the five reports that an address may send within an hour; False if none is left.

    Four hexadecimal digits of a keyed hash are enough to count by, and too few to tell an address from (R84).
    """
    place = salted_hmac("report", get_ip(request)).hexdigest()[:4]
    return any(cache.add(f"report:{place}:{one}", True, HOUR) for one in range(REPORTS))


def _sent(token: str) -> int:
    try:
        return int(signing.loads(token, max_age=24 * 3600))
    except signing.BadSignature as error:
        raise Http404 from error


def _asked(form: ReportForm) -> str:
    return str(form["page"].value() or "")
