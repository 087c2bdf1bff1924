"""The articles' lives. A story is a generator: it yields when its next step happens, then does it.

A moment is the number of days before today and a time of that day. To add an article, write its file and its story,
and add it to `STORIES`.
"""

from collections.abc import Callable, Iterator

from articles import drafts

from .. import rounds
from ..models import Comment, Verdict
from . import scenes
from .people import Cast

Moment = tuple[int, str]
Story = Callable[[Cast], Iterator[Moment]]

# The draft's list in its own order: case report, 2008 review, 2019 review, series of five, guideline.
CINACALCET_NUMBERS = {1: 2, 2: 0, 3: 1, 4: 3, 5: None, 6: None, 7: 4, 8: None}
UNSAFE_DOSE = (
    "Usual practice is 25 g three times a week, about 43 g/m² per week: 119 g/m² is nearly three times as much. "
    "Whatever one series did, a reader who copies this could cause severe acidosis. Give a source for the usual dose, "
    "and a caution."
)
ONE_SERIES = "Five patients, no controls: the figure is right, but it says little about the treatment."


def cinacalcet(cast: Cast) -> Iterator[Moment]:
    """Received with wrong numbers and an unsafe dose; sent back, mended, signed."""
    editor, reviewer = cast["editor1"], cast["nephrologist"]
    yield 170, "09:10"
    article = scenes.draft("cinacalcet-received.txt", by=editor, slug="cinacalcet-after-calciphylaxis")
    yield 170, "09:40"
    drafts.set_classification(article, specialties=["nephrology"], risk="standard", by=editor)
    scenes.match(article, CINACALCET_NUMBERS, by=editor)
    yield 169, "14:00"
    scenes.rewrite(article, "cinacalcet-1.md", by=editor)
    yield 168, "10:00"
    scenes.submit(article, by=editor)

    yield 165, "18:00"
    row = rounds.take(article, by=reviewer)
    doubts = {"119 g/m²": (Verdict.UNSAFE, UNSAFE_DOSE), "four of five": (Verdict.PARTLY, ONE_SERIES)}
    scenes.judge(row, doubts)
    yield 165, "18:40"
    missing = "Say that vitamin K antagonists raise the risk of calciphylaxis; it matters for prevention."
    rounds.comment(row, by=reviewer, body=missing, blocking=True)
    plain = "The plain wording is clear. No change needed there."
    rounds.comment(row, by=reviewer, body=plain, blocking=False)
    reason = "The sodium thiosulfate dose is not safe to publish as it stands, and the warning on warfarin is missing."
    rounds.ask_for_changes(row, by=reviewer, reason=reason)

    yield 158, "11:00"
    scenes.rewrite(article, "cinacalcet-2.md", by=editor)
    for remark in Comment.objects.unanswered().filter(article=article):
        rounds.mark_mended(remark, by=editor)
    yield 157, "09:00"
    note = "Usual dose of sodium thiosulfate with its source and a caution; vitamin K antagonists; no randomised trial."
    scenes.submit(article, by=editor, change_note=note)
    yield 155, "19:00"
    row = scenes.active(article, reviewer)
    scenes.judge(row)
    yield 155, "19:10"
    for remark in Comment.objects.open_blocking().filter(article=article):
        rounds.resolve(remark, by=reviewer)
    scenes.sign(row)


def vitamin_d(cast: Cast) -> Iterator[Moment]:
    """Signed; a newer version is in work."""
    editor, reviewer = cast["editor1"], cast["generalist"]
    yield 120, "10:00"
    article = scenes.draft("vitamin-d-1.md", by=editor)
    yield 118, "10:00"
    scenes.submit(article, by=editor)
    yield 112, "17:00"
    row = rounds.take(article, by=reviewer)
    scenes.judge(row)
    yield 112, "17:30"
    scenes.sign(row)
    yield 6, "09:00"
    article = article.perform("revise", by=editor)
    yield 5, "15:00"
    note = "The D-Health trial of a monthly dose was added."
    scenes.rewrite(article, "vitamin-d-2.md", by=editor, change_note=note)


def apixaban(cast: Cast) -> Iterator[Moment]:
    """High risk: two signatures, from different specialties."""
    editor = cast["editor2"]
    yield 75, "09:00"
    article = scenes.draft("apixaban.md", by=editor)
    yield 73, "09:00"
    scenes.submit(article, by=editor)
    for day, reviewer in ((66, cast["cardiologist"]), (60, cast["nephrologist"])):
        yield day, "12:00"
        row = rounds.take(article, by=reviewer)
        scenes.judge(row)
        yield day, "12:30"
        scenes.sign(row)


def prednisolone(cast: Cast) -> Iterator[Moment]:
    """Under review, half of it judged."""
    editor, reviewer = cast["editor2"], cast["generalist"]
    yield 20, "09:00"
    article = scenes.draft("prednisolone.md", by=editor)
    yield 18, "09:00"
    scenes.submit(article, by=editor)
    yield 4, "16:00"
    row = rounds.take(article, by=reviewer)
    scenes.judge(row, share=0.5)


def aspirin(cast: Cast) -> Iterator[Moment]:
    """Sent to the board; nobody has taken it yet."""
    editor = cast["editor1"]
    yield 12, "09:00"
    article = scenes.draft("aspirin.md", by=editor)
    yield 9, "09:00"
    scenes.submit(article, by=editor)


def nitrofurantoin(cast: Cast) -> Iterator[Moment]:
    """A draft that the checks find fault with."""
    yield 1, "17:00"
    scenes.draft("nitrofurantoin.md", by=cast["editor2"])


STORIES: tuple[Story, ...] = (cinacalcet, vitamin_d, apixaban, prednisolone, aspirin, nitrofurantoin)
