"""Comments on a version: on a passage, a statement or the whole; blocking or not; with other words; with replies."""

from typing import ClassVar

from django.db import models

from articles.text.content import CONTENT_FIELDS
from articles.text.quotes import CONTEXT, Selector
from oracle import clock
from oracle.audit.history import HistoricalRecords

# The texts in which a passage can be chosen, by their names in `Content`.
WORDINGS = {
    "direct_answer": "direct answer",
    "professional": "wording for professionals",
    "plain": "wording for patients",
}
NOT_APPLIED = {"applied_at": None, "applied_by": None, "applied_in": None}
NO_REPLY = {
    "blocking": False,
    "claim": "",
    "wording": "",
    "quote": "",
    "prefix": "",
    "suffix": "",
    "replacement": None,
    "answer": "",
    "answered_at": None,
    "answered_by": None,
    "resolved_at": None,
    "resolved_by": None,
    **NOT_APPLIED,
}


class CommentQuerySet(models.QuerySet["Comment"]):
    """Query words of comments."""

    def threads(self) -> "CommentQuerySet":
        """Comments that are no replies."""
        return self.filter(reply_to=None)

    def with_people(self) -> "CommentQuerySet":
        """With everybody whom a page names, and the versions spoken of; of those applied in, no text."""
        people = ("by", "answered_by", "resolved_by", "applied_by")
        texts = (f"applied_in__{name}" for name in (*CONTENT_FIELDS, "claims"))
        return self.select_related(*people, "version", "applied_in").defer(*texts)

    def open_blocking(self) -> "CommentQuerySet":
        """Objections that stop a signature."""
        return self.filter(blocking=True, resolved_at=None)

    def unanswered(self) -> "CommentQuerySet":
        """Objections that stop a submission: neither answered nor mended."""
        return self.open_blocking().filter(answered_at=None)


class Comment(models.Model):
    """A reviewer's remark, the editor's answer to it, and who closed it; or a reply, of anybody at work on the text.

    A reply hangs on its comment: it is of the same round and version, never blocks, and is closed with it.
    """

    article = models.ForeignKey("articles.Article", on_delete=models.PROTECT, related_name="comments")
    version = models.ForeignKey("articles.Version", on_delete=models.PROTECT, related_name="comments")
    round = models.ForeignKey("reviews.Round", on_delete=models.PROTECT, related_name="comments")
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)
    body = models.TextField(max_length=5000)
    blocking = models.BooleanField(default=False)
    claim = models.CharField(max_length=40, blank=True)
    # The words of the statement or the passage when the comment was made; the next version may have others.
    quote = models.TextField(blank=True)
    # Of a passage: the text it is in, and what stands around it there; see `articles.text.quotes`.
    wording = models.CharField(max_length=20, choices=list(WORDINGS.items()), blank=True)
    prefix = models.CharField(max_length=CONTEXT, blank=True)
    suffix = models.CharField(max_length=CONTEXT, blank=True)
    # The words that the reviewer would put in the place of the passage, none if empty; null without a suggestion.
    replacement = models.TextField(null=True, blank=True, max_length=5000)
    reply_to = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="replies")
    answer = models.TextField(blank=True, max_length=5000)
    answered_by = models.ForeignKey("accounts.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)
    resolved_by = models.ForeignKey("accounts.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    resolved_at = models.DateTimeField(null=True, blank=True)
    applied_by = models.ForeignKey("accounts.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    applied_at = models.DateTimeField(null=True, blank=True)
    # The version in which the editor put the suggested words.
    applied_in = models.ForeignKey(
        "articles.Version", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    history = HistoricalRecords()
    objects: ClassVar[CommentQuerySet] = CommentQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ("id",)
        indexes = [models.Index(fields=("article", "blocking"))]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(wording="", prefix="", suffix="")
                | (models.Q(wording__in=list(WORDINGS), claim="") & ~models.Q(quote="")),
                name="passages_have_words",
            ),
            models.CheckConstraint(
                condition=models.Q(replacement=None) | ~models.Q(wording=""), name="suggestions_have_a_passage"
            ),
            models.CheckConstraint(
                condition=models.Q(reply_to=None) | models.Q(**NO_REPLY), name="replies_are_words_alone"
            ),
            models.CheckConstraint(
                condition=models.Q(**NOT_APPLIED)
                | models.Q(replacement__isnull=False, **{f"{name}__isnull": False for name in NOT_APPLIED}),
                name="applied_suggestions_say_by_whom",
            ),
        ]

    def __str__(self) -> str:
        return self.body[:60]

    @property
    def selector(self) -> Selector:
        """The passage's words and what stood around them."""
        return Selector(self.quote, self.prefix, self.suffix)
