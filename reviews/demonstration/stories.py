"""The articles' lives. A story is a generator: it yields when its next step happens, then does it.

A moment is the number of days before today and a time of that day. To add an article, write its file and its story,
and add it to `STORIES`.
"""

from collections.abc import Callable, Iterator
from functools import partial

from articles import drafts
from articles.models import Article
from oracle.accounts.models import User

from .. import discussion, interests, rounds
from ..models import Comment, Conflict, Verdict
from ..passages import Passage
from . import scenes
from .people import Cast, Moment, credentials, disclosures

Story = Callable[[Cast], Iterator[Moment]]

LONG_WORDS = "The names of the illness and the medicine cannot be replaced by shorter ones; the sentences are short."

# The draft's list in its own order: case report, 2008 review, 2019 review, series of five, guideline.
CINACALCET_NUMBERS = {1: 2, 2: 0, 3: 1, 4: 3, 5: None, 6: None, 7: 4, 8: None}
CINACALCET_WAIVED = {
    "relative-risk": "The review pools trials of different lengths, so one absolute figure would mislead.",
    "hard-to-read": LONG_WORDS,
}
NOT_HIGH = {"high-risk-words": "Vitamin K antagonists are named only to be avoided; no dose of one is given."}
UNSAFE_DOSE = (
    "Usual practice is 25 g three times a week, about 43 g/m² per week: 119 g/m² is nearly three times as much. "
    "Whatever one series did, a reader who copies this could cause severe acidosis. Give a source for the usual dose, "
    "and a caution."
)
USUAL_DOSE = (
    "25 g three times a week, which is what dialysis units give: about 43 g/m² per week in an adult of 1.73 m²."
)
ONE_SERIES = "Five patients, no controls: the figure is right, but it says little about the treatment."
WARFARIN = "Say that vitamin K antagonists raise the risk of calciphylaxis; it matters for prevention."
TOO_STRONG = "41 patients without controls. Is “Yes, with caution” not too strong? I would say “It depends”."
WHY_YES = (
    "We kept “Yes”. The question is whether it may be used, not whether it heals: the label does not exclude these "
    "patients, and in the one placebo-controlled trial calciphylaxis was rarer with cinacalcet. What the 41 patients "
    "cannot show now stands under Caveats, with the sentence that no randomised trial has tested it as a treatment."
)


def cinacalcet(cast: Cast) -> Iterator[Moment]:
    """Received with wrong numbers and an unsafe dose; sent back, mended and answered, signed."""
    editor, reviewer = cast["editor1"], cast["nephrologist"]
    yield 170, "09:10"
    article = scenes.draft("cinacalcet-received.txt", by=editor, slug="cinacalcet-after-calciphylaxis")
    yield 170, "09:40"
    drafts.set_classification(article, specialties=["nephrology"], risk="standard", by=editor)
    scenes.match(article, CINACALCET_NUMBERS, by=editor)
    yield 169, "14:00"
    scenes.rewrite(article, "cinacalcet-1.md", by=editor)
    yield 168, "10:00"
    scenes.submit(article, by=editor, waived=CINACALCET_WAIVED)
    yield from _cinacalcet_sent_back(article, reviewer)

    yield 158, "11:00"
    scenes.rewrite(article, "cinacalcet-2.md", by=editor)
    yield 158, "11:20"
    unanswered = Comment.objects.unanswered().filter(article=article)
    too_strong = unanswered.get(body=TOO_STRONG)
    mended = [partial(discussion.mark_mended, remark, by=editor) for remark in unanswered.exclude(pk=too_strong.pk)]
    scenes.in_turn([*mended, partial(discussion.answer, too_strong, by=editor, text=WHY_YES)])
    yield 157, "09:00"
    note = "Usual dose of sodium thiosulfate with its source and a caution; vitamin K antagonists; no randomised trial."
    scenes.submit(article, by=editor, change_note=note, waived=CINACALCET_WAIVED | NOT_HIGH)
    yield 155, "19:00"
    row = scenes.active(article, reviewer)
    scenes.judge(row)
    yield 155, "19:10"
    remarks = Comment.objects.open_blocking().filter(article=article)
    scenes.in_turn([partial(discussion.resolve, remark, by=reviewer) for remark in remarks])
    yield 155, "19:15"
    scenes.sign(row)


def _cinacalcet_sent_back(article: Article, reviewer: User) -> Iterator[Moment]:
    yield 165, "18:00"
    row = rounds.take(article, by=reviewer)
    doubts = {
        "119 g/m²": (Verdict.UNSAFE, UNSAFE_DOSE, USUAL_DOSE),
        "four of five": (Verdict.PARTLY, ONE_SERIES, ""),
    }
    scenes.judge(row, doubts)
    yield 165, "18:40"
    plain = "The plain wording is clear. No change needed there."
    direct_answer = row.version.fixed_claims[0].id
    remarks = [(WARFARIN, True, ""), (TOO_STRONG, True, direct_answer), (plain, False, "")]
    reason = "The sodium thiosulfate dose is not safe to publish as it stands, and the warning on warfarin is missing."
    scenes.send_back(row, remarks, reason=reason)


def iron(cast: Cast) -> Iterator[Moment]:
    """Signed for 36 months, which are over."""
    editor, reviewer = cast["editor1"], cast["haematologist"]
    yield 1150, "10:00"
    article = scenes.draft("iron.md", by=editor)
    yield 1146, "10:00"
    pooled = "The review gives an odds ratio alone, and its trials counted side effects in different ways."
    scenes.submit(article, by=editor, waived={"relative-risk": pooled})
    yield 1131, "17:00"
    row = scenes.review(article, reviewer)
    yield 1131, "17:40"
    scenes.sign(row)


def asthma(cast: Cast) -> Iterator[Moment]:
    """Old advice, signed; then its replacement is signed, and the chair withdraws it."""
    editor, reviewer = cast["editor2"], cast["chestphysician"]
    yield 1050, "09:00"
    old = scenes.draft("salbutamol.md", by=editor)
    yield 1046, "09:00"
    scenes.submit(old, by=editor)
    yield 1040, "16:00"
    row = scenes.review(old, reviewer)
    yield 1040, "16:20"
    scenes.sign(row)

    yield 110, "09:00"
    new = scenes.draft("reliever.md", by=editor)
    yield 104, "09:00"
    scenes.submit(new, by=editor)
    yield 90, "16:00"
    row = scenes.review(new, reviewer)
    yield 90, "16:40"
    scenes.sign(row)
    yield 88, "11:00"
    reason = "National advice no longer accepts salbutamol alone at any step. A newer article says what to use."
    scenes.fresh(old).perform("withdraw", by=cast["chair"], reason=reason, replacement=scenes.fresh(new))


def topiramate(cast: Cast) -> Iterator[Moment]:
    """Signed by two; a reader's report led a board member to hide it, and the editor mends it."""
    editor = cast["editor2"]
    yield 200, "09:00"
    article = scenes.draft("topiramate-1.md", by=editor)
    yield 196, "09:00"
    scenes.submit(article, by=editor)
    for day, reviewer in ((185, cast["neurologist"]), (178, cast["generalist"])):
        yield day, "18:00"
        row = scenes.review(article, reviewer)
        yield day, "18:40"
        scenes.sign(row)

    yield 5, "13:20"
    told = (
        "Under Recommended approach the page says “advise effective contraception” and no more. Since 2024 a woman who "
        "could become pregnant may have topiramate only under a pregnancy prevention programme, with a yearly form."
    )
    scenes.report(article, told, could_harm=True, contact="pharmacist@reader.example")
    yield 5, "15:05"
    reason = "The text does not name the pregnancy prevention programme without which topiramate must not be given."
    scenes.hide(article, by=cast["neurologist"], reason=reason)
    yield 4, "09:00"
    scenes.fresh(article).perform("revise", by=editor)
    yield 2, "15:00"
    note = "Topiramate and pregnancy: the prevention programme, and the study of children exposed before birth."
    scenes.rewrite(article, "topiramate-2.md", by=editor, change_note=note)


def vitamin_d(cast: Cast) -> Iterator[Moment]:
    """Signed; a newer version is under review by the member who signed the first, and half judged."""
    editor, reviewer = cast["editor1"], cast["generalist"]
    yield 120, "10:00"
    article = scenes.draft("vitamin-d-1.md", by=editor)
    yield 118, "10:00"
    scenes.submit(article, by=editor)
    yield 112, "17:00"
    row = scenes.review(article, reviewer)
    yield 112, "17:30"
    scenes.sign(row)
    yield 70, "20:15"
    told = "“About 60 in 1,000 people broke a bone in five years”: I read it twice before I saw that it is both groups."
    scenes.report(article, told)
    yield 16, "09:00"
    article = article.perform("revise", by=editor)
    yield 15, "15:00"
    note = "The D-Health trial of a monthly dose was added, and what to do about blood tests."
    scenes.rewrite(article, "vitamin-d-2.md", by=editor)
    yield 14, "10:00"
    scenes.submit(article, by=editor, change_note=note)
    yield 3, "17:00"
    scenes.judge(scenes.active(article, reviewer), share=0.5)


def apixaban(cast: Cast) -> Iterator[Moment]:
    """High risk: two signatures, from different specialties; then a slip is mended, and a correction waits for one."""
    editor = cast["editor2"]
    yield 75, "09:00"
    article = scenes.draft("apixaban.md", by=editor)
    yield 73, "09:00"
    ratios = "The trials' absolute rates stand in the same sentences; the cohort's abstract has hazard ratios alone."
    waived = {"relative-risk": ratios, "hard-to-read": LONG_WORDS}
    scenes.submit(article, by=editor, waived=waived)
    for day, reviewer in ((66, cast["cardiologist"]), (60, cast["nephrologist"])):
        yield day, "12:00"
        row = scenes.review(article, reviewer)
        yield day, "12:40"
        scenes.sign(row)
    yield 6, "11:00"
    scenes.fresh(article).perform("revise", by=editor)
    scenes.mend(article, "another trail", "another trial", by=editor)
    scenes.submit(article, by=editor, change_note="A misprint: “trail” for “trial”.", waived=waived)


def croup(cast: Cast) -> Iterator[Moment]:
    """High risk; sent back with a dose that has no upper limit and other words for a passage; the editor's turn."""
    editor, reviewer = cast["editor1"], cast["paediatrician"]
    yield 30, "09:00"
    article = scenes.draft("croup.md", by=editor)
    yield 27, "09:00"
    pooled = "The two trials above give absolute rates; the review pools children of every severity."
    scenes.submit(article, by=editor, waived={"relative-risk": pooled})
    yield 13, "19:00"
    row = rounds.take(article, by=reviewer)
    no_limit = "A dose per kilogram without an upper limit. A heavy child would get too much. Give the trial's maximum."
    no_source = "The source does not say so. One dose is what was tested; a second is for a child who is seen again."
    largest = "One dose, with a largest amount that no child exceeds, whatever the weight."
    doubts = {"0.6 mg/kg of dexamethasone by mouth": (Verdict.UNSAFE, no_limit, largest)}
    doubts["Repeat the dose"] = (Verdict.NOT_SUPPORTED, no_source, "Each child was given a single dose.")
    scenes.judge(row, doubts)
    yield 13, "19:30"
    no_help = "The plain wording does not say when to call for help: noisy breathing at rest, drooling, blue lips."
    question = "Should the smaller dose of 0.15 mg/kg be named as an alternative? The 2019 trial would support it."
    on_paper = "They are tired and frightened when they leave, and will not remember it."
    paper = Passage("the parents know when to return", replacement="the parents have it in writing when to return")
    reason = "The dose needs its limit, the advice to repeat it has no source, and parents must know when to call."
    remarks: list[scenes.Remark] = [(no_help, True, ""), (question, False, ""), (on_paper, False, paper)]
    scenes.send_back(row, remarks, reason=reason)


def prednisolone(cast: Cast) -> Iterator[Moment]:
    """Under review by the chair's invitation, half of it judged, and late."""
    editor, reviewer = cast["editor2"], cast["generalist"]
    yield 20, "09:00"
    article = scenes.draft("prednisolone.md", by=editor)
    yield 18, "09:00"
    ratios = "Absolute numbers stand in the same sentences; where courses did not differ, the ratio says it all."
    printed = "It is the guideline: the journal printed the report's executive summary."
    scenes.submit(article, by=editor, waived={"relative-risk": ratios, "guideline-summary": printed})
    yield 17, "10:00"
    scenes.invite(article, reviewer, by=cast["chair"], answer=7, review=15)
    yield 12, "20:00"
    row = rounds.take(article, by=reviewer)
    yield 4, "16:00"
    scenes.judge(row, share=0.5)


def aspirin(cast: Cast) -> Iterator[Moment]:
    """Sent to the board; an interest waits for the chair, and an invitation for the cardiologist."""
    editor = cast["editor1"]
    yield 12, "09:00"
    article = scenes.draft("aspirin.md", by=editor)
    yield 9, "09:00"
    scenes.submit(article, by=editor)
    yield 7, "08:10"
    interest = "I gave a paid lecture on aspirin for a manufacturer two years ago. No other tie."
    interests.declare(article, by=cast["generalist"], conflict=Conflict.DECLARED, text=interest)
    yield 3, "10:30"
    scenes.invite(article, cast["cardiologist"], by=cast["chair"], answer=7, review=21)


def nitrofurantoin(cast: Cast) -> Iterator[Moment]:
    """A draft that the checks find fault with."""
    yield 1, "17:00"
    scenes.draft("nitrofurantoin.md", by=cast["editor2"])


STORIES: tuple[Story, ...] = (
    credentials,
    disclosures,
    cinacalcet,
    iron,
    asthma,
    topiramate,
    vitamin_d,
    apixaban,
    croup,
    prednisolone,
    aspirin,
    nitrofurantoin,
)
