"""What the review page shows: the text with its statements marked, one statement with its sources, and the rest."""

import re
from functools import cached_property
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from articles.comparison import comparison
from articles.models import Waiver
from articles.text.claims import Claim
from articles.text.preflight import RULES, Finding
from articles.text.rendering import render_content
from oracle.accounts.models import User

from .judging import Judged, judge_all, obstacle, unlisted
from .models import BoardMember, ClaimCheck, Comment, Round, SignOff
from .models.review import NEEDS_NOTE, Verdict
from .permissions import rule_for
from .signing import signed_sentence
from .tasks import size
from .threads import Thread, threads

OPENING = re.compile(r'<(?P<tag>\w+) (?P<rest>[^>]*data-claim="(?P<id>[^"]+)"[^>]*)>(?P<inner>\s*<p>)?')
LOOKS = {
    Verdict.SUPPORTED: ("good", "check"),
    Verdict.PARTLY: ("wait", "partly"),
    Verdict.NOT_SUPPORTED: ("bad", "cross"),
    Verdict.UNSAFE: ("danger", "warn"),
    Verdict.CANNOT_TELL: ("plain", "question"),
}
SIGNS = {"good": "✓", "wait": "◐", "bad": "✗", "danger": "⚠", "plain": "?"}


class Page:
    """One reviewer's view of their round; `wanted` is the statement asked for, else the first not judged."""

    def __init__(self, row: Round, user: User, wanted: str = "") -> None:
        self.round, self.user, self.version = row, user, row.version
        self.judged = judge_all(row.version)
        self.ids = [item.claim.id for item in self.judged]
        self.current = self._item(wanted) or self._item(self._first_left()) or self.judged[0]

    def _item(self, claim: str) -> Judged | None:
        return next((item for item in self.judged if item.claim.id == claim), None)

    def _left(self) -> list[str]:
        return [item.claim.id for item in self.judged if item.by(self.user.pk) is None]

    def _first_left(self) -> str:
        return next(iter(self._left()), "")

    def next_after(self, claim: str) -> str:
        """The next statement without a verdict of mine, from `claim` on and then from the top; empty if none."""
        at = self.ids.index(claim) if claim in self.ids else 0
        left = set(self._left())
        return next((item for item in self.ids[at:] + self.ids[:at] if item in left), "")

    @property
    def total(self) -> int:
        """How many statements there are."""
        return len(self.judged)

    @property
    def done(self) -> int:
        """How many of them I judged, carried-over verdicts included."""
        return self.total - len(self._left())

    @property
    def counted(self) -> int:
        """How many anybody who counts judged."""
        return sum(1 for item in self.judged if item.counted)

    @property
    def mine(self) -> ClaimCheck | None:
        """My verdict on the current statement."""
        return self.current.by(self.user.pk)

    @property
    def carried(self) -> bool:
        """Is it from an earlier version, where the statement was the same?"""
        return self.mine is not None and self.mine.version_id != self.version.pk

    @property
    def others(self) -> list[ClaimCheck]:
        """The verdicts of others on it, shown once I gave mine."""
        return [check for check in self.current.checks if check.reviewer_id != self.user.pk] if self.mine else []

    @property
    def previous(self) -> str:
        """The statement before, empty at the first."""
        return self.ids[self.current.number - 2] if self.current.number > 1 else ""

    @property
    def next(self) -> str:
        """The statement after, empty at the last."""
        return self.ids[self.current.number] if self.current.number < self.total else ""

    @cached_property
    def parts(self) -> dict[str, dict[str, Any]]:
        """The page's parts with every statement marked."""
        return render_content(self.version.content, mark_claims=[item.claim for item in self.judged])

    @property
    def references(self) -> list[dict[str, Any]]:
        """The references as the professional wording numbers them."""
        listed: list[dict[str, Any]] = self.parts["professional"]["references"]
        return listed

    @property
    def answer_html(self) -> SafeString:
        """The direct answer."""
        return self._marked(self.parts["professional"]["direct_answer"])

    @property
    def professional_html(self) -> SafeString:
        """The wording for professionals."""
        return self._marked(self.parts["professional"]["body"])

    @cached_property
    def plain(self) -> dict[str, Any]:
        """The plain wording's own parts, with its own numbers; empty where there is none."""
        marked = [item.claim for item in self.judged if item.claim.wording == "plain"]
        return render_content(self.version.content, mark_claims=marked, prefix="plain-").get("plain", {})

    @cached_property
    def plain_html(self) -> SafeString:
        """The wording for patients, empty where there is none."""
        return self._marked(self.plain["body"]) if self.plain else mark_safe("")

    def _marked(self, html: str) -> SafeString:
        """Add the current statement's outline and the verdicts' signs and words to cleaned HTML."""
        return mark_safe(OPENING.sub(self._opening, html))  # noqa: S308 - allow-listed by articles.text.markdown

    def _opening(self, found: re.Match[str]) -> str:
        item = self._item(found["id"])
        check = item.by(self.user.pk) if item else None
        names = ["claim", *(["current"] if item is self.current else []), *(["judged"] if check else [])]
        opened = f"<{found['tag']} {found['rest']}>".replace('class="claim"', f'class="{" ".join(names)}"')
        opened += found["inner"] or ""
        return opened + sign_of(check) if check and found["tag"] != "tr" else opened

    @property
    def sources(self) -> list[dict[str, Any]]:
        """The current statement's references, each with the passages quoted from it."""
        shown = self.plain if self.current.claim.wording == "plain" else self.parts["professional"]
        lines = {line["key"]: line for line in shown["references"]}
        quotes = self.version.evidence
        return [
            {"line": lines[key], "quotes": [quote for quote in quotes if quote.get("key") == key]}
            for key in self.current.claim.keys
            if key in lines
        ]

    @property
    def verdicts(self) -> list[dict[str, Any]]:
        """The five buttons, in the order of their keys."""
        return [
            {
                "value": verdict.value,
                "label": verdict.label.capitalize(),
                "tone": LOOKS[verdict][0],
                "icon": LOOKS[verdict][1],
                "needs_note": verdict in NEEDS_NOTE,
            }
            for verdict in Verdict
        ]

    @property
    def lines(self) -> list[dict[str, Any]]:
        """Every statement, with my verdict in a word."""
        return [self._line(item) for item in self.judged]

    def _line(self, item: Judged) -> dict[str, Any]:
        check = item.by(self.user.pk)
        verdict = Verdict(check.verdict) if check else None
        return {
            "id": item.claim.id,
            "text": item.claim.text,
            "current": item is self.current,
            "tone": LOOKS[verdict][0] if verdict else "plain",
            "word": verdict.label if verdict else "not judged yet",
        }

    @cached_property
    def unlisted(self) -> list[Claim]:
        """Sentences that could be judged as well."""
        return unlisted(self.version)

    @cached_property
    def remarks(self) -> list[Comment]:
        """The comments on this article, newest last."""
        return [*Comment.objects.with_people().filter(article_id=self.round.article_id)]

    @cached_property
    def threads(self) -> list[Thread]:
        """The same, each with its replies and what became of the place it is about."""
        return threads(self.remarks, self.version)

    @property
    def blocking(self) -> int:
        """How many blocking comments are open."""
        return sum(1 for remark in self.remarks if remark.blocking and remark.resolved_at is None)

    @cached_property
    def obstacle(self) -> str | None:
        """Why nobody can sign yet."""
        return obstacle(self.round.article, self.judged)

    @property
    def ready(self) -> bool:
        """Could this reviewer sign now?"""
        return self.obstacle is None

    @property
    def statement(self) -> str:
        """The sentence that approves."""
        return signed_sentence(self.round)

    @cached_property
    def member(self) -> BoardMember:
        """The reviewer's board record."""
        return BoardMember.objects.select_related("user").get(user=self.user)

    @property
    def rule_line(self) -> str:
        """“1 of 2 signatures; yours publishes it”."""
        rule = rule_for(self.round.article)
        given = SignOff.objects.standing().filter(version=self.version).count()
        publishes = given + 1 >= rule.signatures
        ending = "yours publishes it" if publishes else "one more is needed after yours"
        return f"{given} of {rule.signatures} signature{'s' if rule.signatures > 1 else ''} given; {ending}"

    @property
    def findings(self) -> list[tuple[str, Finding]]:
        """What the checks say of the version, each with its rule's heading."""
        return [(RULES.get(finding.rule, finding.rule), finding) for finding in self.version.findings()]

    @property
    def waivers(self) -> list[tuple[str, Waiver]]:
        """The warnings the editor set aside, each with its rule's heading."""
        return [(RULES.get(row.rule, row.rule), row) for row in self.version.waivers.select_related("by")]

    @cached_property
    def changes(self) -> dict[str, Any]:
        """What changed since the version I had before."""
        earlier = self.earlier.version if self.earlier else self.version
        return comparison(earlier.content, self.version.content)

    @property
    def first_left(self) -> str:
        """The first statement that my verdicts do not cover yet."""
        return self._first_left()

    @property
    def second_look(self) -> bool:
        """Have I had another version of this article before?"""
        return self.earlier is not None

    @cached_property
    def earlier(self) -> Round | None:
        """My newest round on another version."""
        rounds = Round.objects.filter(review_id=self.round.review_id, pk__lt=self.round.pk)
        return rounds.exclude(version_id=self.version.pk).select_related("version").order_by("-pk").first()

    @property
    def left_size(self) -> str:
        """“3 statements left for you, about 2 min”."""
        left = len(self._left())
        return f"{size(left)} left for you." if left else "Your verdicts cover every statement."


def sign_of(check: ClaimCheck) -> str:
    """A verdict's sign, with its word for those who do not see it."""
    verdict = Verdict(check.verdict)
    tone = LOOKS[verdict][0]
    return format_html(
        '<span class="claim-sign {}" aria-hidden="true">{}</span><span class="visually-hidden">{}: </span>',
        tone,
        SIGNS[tone],
        verdict.label,
    )
