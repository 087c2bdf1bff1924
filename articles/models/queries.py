"""Query words of articles, as an editor would say them, and the one statement of the public page."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.search import SearchHeadline, SearchQuery, SearchRank
from django.db import models
from django.db.models import Case, Exists, F, FilteredRelation, Func, OuterRef, Q, Subquery, Value, When
from django.db.models.expressions import ExpressionWrapper
from django.db.models.fields.json import KeyTextTransform, KeyTransform
from django.db.models.functions import Cast, Coalesce, JSONObject

from articles.passages import MARKS
from articles.text.content import CONTENT_FIELDS
from oracle import clock

from .document import Document
from .rendering import Rendering
from .search_text import ENGLISH
from .version import Outcome, Version

if TYPE_CHECKING:
    from .article import Article  # noqa: F401  (the name in the class below)

# The conditions of `articles.standing`, as SQL. A JSON column is compared with isnull: `=None` would mean JSON null.
_NAMED = Q(standing_version_id=Cast(KeyTextTransform("version", "suspension"), models.BigIntegerField()))
_WITHDRAWN = Q(withdrawal__isnull=False)
_SUSPENDED = Q(withdrawal__isnull=True, suspension__isnull=False) & (Q(standing_version__isnull=True) | _NAMED)
_NOT_HIDDEN = Q(withdrawal__isnull=True) & (Q(suspension__isnull=True) | (Q(standing_version__isnull=False) & ~_NAMED))
_STANDS = _NOT_HIDDEN & Q(standing_version__isnull=False, review_due__isnull=False)
# No version stands, and what is in readers' lists; indexes have these words too.
UNSIGNED = Q(standing_version__isnull=True) | Q(review_due__isnull=True)
LISTED = Q(first_public_on__isnull=False, withdrawal__isnull=True)
_PENDING = _NOT_HIDDEN & UNSIGNED
_WITH_THE_BOARD = Q(state__in=("submitted", "under_review"))
_WITHHELD = Q(withholds="all") | (Q(withholds="high") & ~Q(risk="standard"))
_REPLACEMENT_READS_ON = Q(replaced_by__first_public_on__isnull=False, replaced_by__withdrawal__isnull=True)
_REVOKED = Q(current_version__outcome=Outcome.REVOKED)
# What a version says; these columns are never read where a text may be hidden.
_TEXT = [f"current_version__{name}" for name in (*CONTENT_FIELDS, "change_note", "proposals", "claims")]

_YES_NO = models.BooleanField()
# How many articles with the words of a search are ranked, and can be paged through.
RANKED = 1000


class ArticleQuerySet(models.QuerySet["Article"]):
    """Query words of articles. The standing words are the twins of `articles.standing`."""

    def with_the_board(self) -> "ArticleQuerySet":
        """Submitted or under review."""
        return self.filter(_WITH_THE_BOARD)

    def with_waiting_since(self) -> "ArticleQuerySet":
        """Each with `waits_since`: the day since which the board has it, if it has."""
        return self.annotate(waits_since=Case(When(_WITH_THE_BOARD, then=F("submitted_on"))))

    def open_for_writing(self) -> "ArticleQuerySet":
        """Drafts and sent-back texts."""
        return self.filter(state__in=("draft", "changes_requested"))

    def ever_public(self) -> "ArticleQuerySet":
        """Those whose address readers know."""
        return self.filter(first_public_on__isnull=False)

    def asked(self, words: str) -> "ArticleQuerySet":
        """Those whose current question has each of `words`."""
        has = [Q(current_version__question__icontains=word) for word in words.split()]
        return self.filter(*has)

    def withdrawn(self) -> "ArticleQuerySet":
        """Standing *withdrawn*."""
        return self.filter(_WITHDRAWN)

    def suspended(self) -> "ArticleQuerySet":
        """Standing *suspended*: the version named stands, or none does."""
        return self.filter(_SUSPENDED)

    def overdue(self, on: date) -> "ArticleQuerySet":
        """Standing *overdue*: the sign-offs lapsed before `on`."""
        return self.filter(_STANDS, review_due__lt=on)

    def approved(self, on: date) -> "ArticleQuerySet":
        """Standing *approved*: signed and in date."""
        return self.filter(_STANDS, review_due__gte=on)

    def pending(self) -> "ArticleQuerySet":
        """Standing *pending*: no version stands."""
        return self.filter(_PENDING)

    def lapsing(self, until: date) -> "ArticleQuerySet":
        """Signed, and to be reviewed again by `until`, or late already."""
        return self.filter(_STANDS, review_due__lte=until)

    def showing_text(self, policy: str | None = None) -> "ArticleQuerySet":
        """Those whose shown version's text readers may read; `policy` is what the one in force withholds."""
        withholds = Value(policy) if policy else withheld_by_policy(clock.today())
        return self.annotate(withholds=withholds).filter(_shows_text())

    def listed(self, on: date) -> "ArticleQuerySet":
        """Public and not withdrawn, each with `shown_id`, `question` and `all_reviewed`, in no order."""
        return self.filter(LISTED).with_question().annotate(all_reviewed=all_reviewed(on))

    def with_question(self) -> "ArticleQuerySet":
        """Each with `shown_id`, the version that readers are shown or told of, and its `question`."""
        shown = Version.objects.filter(pk=OuterRef("shown_id")).values("question")
        return self.annotate(shown_id=_shown_version()).annotate(question=Subquery(shown))

    def for_corrections(self, on: date) -> "ArticleQuerySet":
        """Each with `shown_id`, `question` and `withholds`, and with its current version without what that says."""
        rows = self.with_question().annotate(withholds=withheld_by_policy(on))
        return rows.select_related("current_version").defer(*_TEXT)

    def matching(self, words: str, audience: str, on: date) -> "ArticleQuerySet":
        """Those of the listed articles in which an `audience` finds these words, in the form of a web search.

        Each gets `score` (the higher the better, a whole number) and `passages`: the places found, in the marks of
        `articles.passages`. Where the text may not be read now, only the question is searched, and nothing else
        decides whether and where the row stands; `passages` is None then. Of more than `RANKED` articles those with
        the words in their question, then the newest, are taken.
        """
        query = SearchQuery(words, search_type="websearch", config=ENGLISH)
        said = FilteredRelation("search_texts", condition=Q(search_texts__audiences__contains=[audience]))
        rows = self.annotate(withholds=withheld_by_policy(on), said=said)
        in_text, in_question = Q(said__words=query), Q(said__question_words=query)
        matches = _of_what_shows(_YES_NO, _truth(in_text), _truth(in_question))
        # The second follows from the third, which no index could answer. One call, since each joins the texts anew.
        fits = (Q(said__version_id=F("shown_id")), in_text | in_question, matches)
        best = rows.filter(*fits).order_by(_truth(in_question).desc(), "-pk").values("pk")[:RANKED]
        ranks = [SearchRank(F(f"said__{name}"), query) * 1_000_000 for name in ("words", "question_words")]
        return (
            rows.filter(*fits, pk__in=best)
            .annotate(rank=_of_what_shows(models.FloatField(), *ranks))
            .annotate(score=Cast("rank", models.BigIntegerField()))
            .annotate(passages=_of_what_shows(models.TextField(), _passages(query)))
        )

    def for_readers(self, slug: str, audience: str, on: date) -> "ArticleQuerySet":
        """At most one row, in one statement: the public article at `slug`, for a reader on day `on`.

        Annotated with `shown_id` and `shown` (facts of the version shown), `text` (its wording for `audience`, else
        for professionals; None when hidden, and then never read), `policy` and `disclaimer` in force, `withholds`,
        `all_reviewed`, `fields` (every specialty's name) and `replacement` (the slug of a public article, not withdrawn
        itself, that replaces this one). Its `current_version` comes along without what it says.
        """
        shown = Version.objects.filter(pk=OuterRef("shown_id"))
        return (
            self.ever_public()
            .filter(slug=slug)
            .select_related("current_version")
            .defer(*_TEXT)
            .annotate(shown_id=_shown_version(), withholds=withheld_by_policy(on), all_reviewed=all_reviewed(on))
            .annotate(
                shown=Subquery(shown.values(facts=_facts()), output_field=models.JSONField()),
                text=_text(shown, audience),
                policy=_in_force(Document.Kind.POLICY, on, "number"),
                disclaimer=_in_force(disclaimer_for(audience), on, "number", "body"),
                fields=specialties_by_name(),
                replacement=Case(When(_REPLACEMENT_READS_ON, then=F("replaced_by__slug"))),
            )
        )


def disclaimer_for(audience: str) -> Document.Kind:
    """Which disclaimer a reader gets, whichever wording there is."""
    return Document.Kind.PLAIN if audience == "plain" else Document.Kind.PROFESSIONAL


def withheld_by_policy(on: date) -> Coalesce:
    """What the editorial policy in force on day `on` withholds; without a policy, pending texts of high risk."""
    policy = Document.objects.in_force(Document.Kind.POLICY, on).values("withholds")
    return Coalesce(Subquery(policy), Value(Document.Withholds.HIGH.value))


def all_reviewed(on: date) -> Func:
    """Is there a public text, and is every one signed and in date on `on`? The site-wide claim (R37).

    The database's own function, made by the migration `0006_page_marks`; it says it in the words `approved`,
    `pending` and `overdue` have above.
    """
    return Func(Value(on, models.DateField()), function="articles_all_reviewed", output_field=models.BooleanField())


def specialties_by_name() -> ArraySubquery:
    """Every specialty as `{"slug", "name"}`."""
    rows = apps.get_model("articles", "Specialty").objects.order_by("slug")
    return ArraySubquery(rows.values(pair=JSONObject(slug="slug", name="name")))


def _ended_at() -> Subquery:
    """When a version's present outcome was noted; a version may be signed again, so the last time counts."""
    noted = Version.history.filter(id=OuterRef("pk"), outcome=OuterRef("outcome")).order_by("-history_id")
    return Subquery(noted.values("history_date")[:1])


def _facts() -> JSONObject:
    names = {"number": "number", "question": "question", "fingerprint": "content_sha256", "outcome": "outcome"}
    return JSONObject(**names, ended_at=_ended_at())


def _shown_version() -> Case:
    """The standing version, else the one with the board, else the newest ever submitted."""
    newest = (
        Version.objects.filter(article=OuterRef("pk"), frozen_at__isnull=False)
        .exclude(outcome=Outcome.DROPPED)
        .order_by("-number")
    )
    return Case(
        When(standing_version__isnull=False, then=F("standing_version_id")),
        When(_WITH_THE_BOARD, then=F("current_version_id")),
        default=Subquery(newest.values("pk")[:1]),
        output_field=models.BigIntegerField(),
    )


def _shows_text() -> Q:
    """The twin of `articles.standing.shows_text`, over the annotation `withholds`."""
    return _STANDS | (_PENDING & _WITH_THE_BOARD & ~_REVOKED & ~_WITHHELD)


def _text(shown: "models.QuerySet[Version]", audience: str) -> Case:
    """What the version shown says; PostgreSQL reads it only when readers may."""
    text = Subquery(shown.values(says=_says(audience)), output_field=models.JSONField())
    return Case(When(_shows_text(), then=text), default=None, output_field=models.JSONField())


def _of_what_shows(kind: "models.Field[Any, Any]", text: Any, question: Any = None) -> Case:
    """What the text gives where readers may read it, else what the question gives."""
    return Case(When(_shows_text(), then=text), default=question, output_field=kind)


def _truth(condition: Q) -> "ExpressionWrapper[Q]":
    return ExpressionWrapper(condition, _YES_NO)


def _passages(query: SearchQuery) -> SearchHeadline:
    found, end, between = MARKS
    return SearchHeadline(
        "said__body",
        query,
        config=ENGLISH,
        start_sel=found,
        stop_sel=end,
        fragment_delimiter=between,
        max_fragments=2,
        min_words=12,
        max_words=32,
    )


def text_of(version_id: int, audience: str) -> dict[str, Any]:
    """What a version says, as in `for_readers`; whether readers may read it is the caller's question."""
    says: dict[str, Any] = Version.objects.filter(pk=version_id).values_list(_says(audience), flat=True).get()
    return says


def signed_notes(ids: Iterable[int]) -> dict[int, Mapping[str, Any]]:
    """Of these versions `id`, `number`, `outcome`, `note` and `withdrawn_since`: was it, or a later one, withdrawn?

    The change note belongs to the text, and is read of signed ones only; whether readers may is for the caller to say.
    """
    later = Version.objects.filter(article=OuterRef("article"), number__gte=OuterRef("number"))
    withdrawn = Exists(later.filter(outcome=Outcome.WITHDRAWN))
    rows = Version.objects.filter(pk__in=set(ids)).annotate(withdrawn_since=withdrawn, note=_note())
    return {row["id"]: row for row in rows.values("id", "number", "outcome", "withdrawn_since", "note")}


def _note() -> Case:
    return Case(When(outcome=Outcome.SIGNED, then=F("change_note")), default=Value(""), output_field=models.TextField())


def submitted_versions(article_id: int) -> Sequence[Mapping[str, Any]]:
    """Every version that was ever submitted, newest first, without its text.

    `ended_at` is when its `outcome` was noted; the change note belongs to the text, and is read of signed ones only.
    """
    rows: Any = Version.objects.filter(article=article_id, frozen_at__isnull=False).exclude(outcome=Outcome.DROPPED)
    rows = rows.annotate(ended_at=_ended_at(), note=_note()).order_by("-number")
    return list(rows.values("id", "number", "frozen_at", "content_sha256", "outcome", "ended_at", "note"))


def _says(audience: str) -> JSONObject:
    parts = Coalesce(KeyTransform(audience, "parts"), KeyTransform("professional", "parts"))
    has = {name: ExpressionWrapper(Q(parts__has_key=name), models.BooleanField()) for name in ("plain", audience)}
    kept = JSONObject(parts=parts, has_plain=has["plain"], for_audience=has[audience])
    newest = Rendering.objects.filter(version=OuterRef("pk")).order_by("-id").values(kept=kept)[:1]
    return JSONObject(
        change_note="change_note",
        ai_use="ai_use",
        funding="funding",
        abbreviated=ExpressionWrapper(~Q(abbreviations={}), models.BooleanField()),
        rendered=Subquery(newest, output_field=models.JSONField()),
    )


def _in_force(kind: Document.Kind, on: date, *names: str) -> Subquery:
    """The document of a kind in force on day `on`, as an object of `names`."""
    newest = Document.objects.in_force(kind, on).values(document=JSONObject(**{name: name for name in names}))
    return Subquery(newest, output_field=models.JSONField())
