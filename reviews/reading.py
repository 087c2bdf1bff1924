"""What the review page shows: the text with its statements marked, one statement with its sources, and the rest."""

import re
from functools import cached_property
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, Exists, OuterRef, QuerySet, Subquery, TextField, Value
from django.db.models.functions import Coalesce
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from articles.comparison import comparison
from articles.models import Waiver
from articles.text.claims import PLAIN, PROFESSIONAL, Claim, reading_minutes
from articles.text.preflight import RULES, Finding
from articles.text.rendering import render_page
from oracle import clock
from oracle.accounts.factors import PASSKEY, second_factors
from oracle.accounts.models import User

from .blindness import is_blind, shown_remarks
from .card import BUTTONS, LOOKS, SIGNS, Pair, Section, pair_for, section_of, sources_of
from .correcting import Correction, offered
from .counting import counted
from .interests import OUTDATED
from .judging import Judged, judge_all, left_for, obstacle, unlisted
from .models import AddedClaim, BoardMember, ClaimCheck, Comment, Round, SignOff, SignOffRule
from .models.review import Verdict
from .questions import Answers, asked_of, in_force
from .reaffirming import again
from .signing import signed_sentence
from .threads import Thread, threads

OPENING = re.compile(r'<(?P<tag>\w+) (?P<rest>[^>]*data-claim="(?P<id>[^"]+)"[^>]*)>(?P<inner>\s*<p>)?')


def rounds_to_read() -> QuerySet[Round]:
    """Rounds with all that `Page` asks of other tables but verdicts and the comments' texts, in one statement."""
    before = Round.objects.filter(review=OuterRef("review"), pk__lt=OuterRef("pk")).exclude(version=OuterRef("version"))
    added = AddedClaim.objects.filter(article=OuterRef("article"), version__number__lte=OuterRef("version__number"))
    standing = SignOff.objects.standing().approvals().filter(version=OuterRef("version")).order_by().values("version")
    blocking = Comment.objects.open_blocking().filter(article=OuterRef("article")).order_by().values("article")
    rule = SignOffRule.objects.filter(risk=OuterRef("article__risk"))
    related = ("article__current_version", "article__standing_version", "version__article")
    reviewer = "review__reviewer__board_record"
    return Round.objects.select_related(*related, reviewer).annotate(
        seen_before=Exists(before),
        added=ArraySubquery(added.order_by("pk").values("sentence")),
        given=Coalesce(Subquery(standing.values(number=Count("pk"))), 0),
        blocking=Coalesce(Subquery(blocking.values(number=Count("pk"))), 0),
        needed=Subquery(rule.values("signatures")),
        asked=Coalesce(Subquery(in_force()), Value(""), output_field=TextField()),
        second_factor=Exists(second_factors(OuterRef("review__reviewer"))),
        passkey=Exists(second_factors(OuterRef("review__reviewer")).filter(type=PASSKEY)),
    )


class Page:
    """One reviewer's view of their round, of `rounds_to_read`; `wanted` is the statement asked for, else the first not
    judged.
    """

    def __init__(self, row: Any, user: User, wanted: str = "", answers: Answers | None = None) -> None:
        self.round, self.user, self.version, self.answers = row, user, row.version, answers or {}
        self.judged = judge_all(row.version, row.added)
        self.items = {item.claim.id: item for item in self.judged}
        self.ids = list(self.items)
        self.left = [item.claim.id for item in left_for(self.judged, user.pk)]
        self.current = self.items.get(wanted) or self.items.get(self.first_left) or self.judged[0]

    def next_after(self, claim: str) -> str:
        """The next statement without a verdict of mine, from `claim` on and then from the top; empty if none."""
        at = self.ids.index(claim) if claim in self.ids else 0
        left = set(self.left)
        return next((item for item in self.ids[at:] + self.ids[:at] if item in left), "")

    def at(self, claim: str) -> "Page":
        """The same, at another statement."""
        self.current = self.items.get(claim, self.current)
        return self

    @property
    def total(self) -> int:
        """How many statements there are."""
        return len(self.judged)

    @property
    def done(self) -> int:
        """How many of them I judged, carried-over verdicts included."""
        return self.total - len(self.left)

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
        """Is it from an earlier round, where the statement was the same?"""
        return self.mine is not None and self.mine.round_id != self.round.pk

    @cached_property
    def blind(self) -> bool:
        """Must I not see the verdicts of others yet?"""
        return is_blind(self.round.article, self.user, {self.version.pk: self.judged})

    @property
    def others(self) -> list[ClaimCheck]:
        """The verdicts of others on it, shown once I gave mine; at high risk, once I gave all of mine."""
        shown = self.mine is not None and not self.blind
        return [check for check in self.current.checks if check.reviewer_id != self.user.pk] if shown else []

    @property
    def aside(self) -> tuple[ClaimCheck, ...]:
        """Those of reviewers who left that the chair set aside, shown in the same way."""
        return self.current.aside if self.mine and not self.blind else ()

    @property
    def previous(self) -> str:
        """The statement before, empty at the first."""
        return self.ids[self.current.number - 2] if self.current.number > 1 else ""

    @property
    def next(self) -> str:
        """The statement after, empty at the last."""
        return self.ids[self.current.number] if self.current.number < self.total else ""

    @cached_property
    def professional(self) -> dict[str, Any]:
        """The wording for professionals and the direct answer, with every statement marked."""
        return self._rendered(PROFESSIONAL)

    @cached_property
    def plain(self) -> dict[str, Any]:
        """The plain wording's own parts, with its own numbers; empty where there is none."""
        return self._rendered(PLAIN, prefix="plain-") if self.version.plain.strip() else {}

    def _rendered(self, audience: str, *, prefix: str = "") -> dict[str, Any]:
        claims = [item.claim for item in self.judged]
        return render_page(self.version.content, audience, mark_claims=claims, prefix=prefix)

    @property
    def references(self) -> list[dict[str, Any]]:
        """The references as the professional wording numbers them."""
        listed: list[dict[str, Any]] = self.professional["references"]
        return listed

    @property
    def answer_html(self) -> SafeString:
        """The direct answer."""
        return self._marked(self.professional["direct_answer"])

    @property
    def professional_html(self) -> SafeString:
        """The wording for professionals."""
        return self._marked(self.professional["body"])

    @cached_property
    def plain_html(self) -> SafeString:
        """The wording for patients, empty where there is none."""
        return self._marked(self.plain["body"]) if self.plain else mark_safe("")

    def _marked(self, html: str) -> SafeString:
        """Add the current statement's outline and the verdicts' signs and words to cleaned HTML."""
        return mark_safe(OPENING.sub(self._opening, html))  # noqa: S308 - allow-listed by articles.text.markdown

    def _opening(self, found: re.Match[str]) -> str:
        item = self.items.get(found["id"])
        check = item.by(self.user.pk) if item else None
        names = ["claim", *(["current"] if item is self.current else []), *(["judged"] if check else [])]
        opened = f"<{found['tag']} {found['rest']}>".replace('class="claim"', f'class="{" ".join(names)}"')
        opened += found["inner"] or ""
        return opened + sign_of(check) if check and found["tag"] != "tr" else opened

    @cached_property
    def sources(self) -> list[dict[str, Any]]:
        """The current statement's references."""
        return sources_of(self.version, self.current.claim)

    @cached_property
    def pair(self) -> Pair | None:
        """What the current statement, a plain one, is held against."""
        return pair_for(self.current, self.judged, self.user.pk)

    @cached_property
    def section(self) -> Section | None:
        """What I could support with one word in the current statement's section."""
        return section_of(self.version, self.current, self.judged, self.user.pk)

    @property
    def verdicts(self) -> list[dict[str, Any]]:
        """The five buttons, in the order of their keys."""
        return BUTTONS

    @property
    def number_of_pair(self) -> int | None:
        """The number of the statement that my verdict on the current one held it against."""
        item = self.items.get(self.mine.pair) if self.mine and self.mine.pair else None
        return item.number if item else None

    @property
    def marks(self) -> str:
        """My verdicts in a form for scripts: “id:supported id:unsafe”."""
        given = ((item.claim.id, item.by(self.user.pk)) for item in self.judged)
        return " ".join(f"{key}:{check.verdict}" for key, check in given if check)

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
        return unlisted(self.version, [item.claim for item in self.judged])

    @cached_property
    def remarks(self) -> list[Comment]:
        """The comments on this article that I may read, newest last."""
        remarks = [*Comment.objects.with_people().filter(article_id=self.round.article_id)]
        return shown_remarks(remarks, self.user) if self.blind else remarks

    @cached_property
    def threads(self) -> list[Thread]:
        """The same, each with its replies and what became of the place it is about."""
        return threads(self.remarks, self.version)

    @property
    def blocking(self) -> int:
        """How many blocking comments are open, those that I may not read yet among them."""
        return int(self.round.blocking)

    @property
    def publishes(self) -> bool:
        """Would my signature publish the version?"""
        return bool(self.given + 1 >= self.round.needed)

    @cached_property
    def given(self) -> int:
        """How many signatures count beside mine; in reaffirming, those since the date was last moved."""
        return len(counted(self.version.pk)[1]) if self.round.reaffirms else self.round.given

    @cached_property
    def obstacle(self) -> str | None:
        """Why I cannot sign yet."""
        more: dict[str, Any] = {"of": self.version} if self.round.reaffirms else {"blocking": self.blocking}
        more["blind"] = self.blind
        found = obstacle(self.round.article, self.judged, signer=self.user, publishes=self.publishes, **more)
        return found or (OUTDATED if self.outdated else None)

    @cached_property
    def outdated(self) -> bool:
        """Must I say again what I said about interests, before I sign?"""
        return bool(self.round.review.outdated(clock.today()))

    @property
    def ready(self) -> bool:
        """Could this reviewer sign now?"""
        return self.obstacle is None

    @property
    def statement(self) -> str:
        """The sentence that approves."""
        return again(self.version) if self.round.reaffirms else signed_sentence(self.round)

    @cached_property
    def correction(self) -> Correction | None:
        """The correction that I may sign instead of reviewing the whole text."""
        return offered(self.round)

    @property
    def member(self) -> BoardMember | None:
        """The reviewer's board record."""
        return getattr(self.round.reviewer, "board_record", None)

    @property
    def rule_line(self) -> str:
        """“1 of 2 signatures; yours publishes it”."""
        needed = self.round.needed
        effect = "moves its date" if self.round.reaffirms else "publishes it"
        ending = f"yours {effect}" if self.publishes else "one more is needed after yours"
        return f"{self.given} of {needed} signature{'s' if needed > 1 else ''} given; {ending}"

    @cached_property
    def questions(self) -> list[tuple[str, str]]:
        """What is asked of the signer, each with the answer chosen before a refusal, empty if none."""
        return [(question, self.answers.get(question, "")) for question in asked_of(self.version, self.round.asked)]

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
        return next(iter(self.left), "")

    @property
    def second_look(self) -> bool:
        """Have I had another version of this article before?"""
        return bool(self.round.seen_before) and not self.round.reaffirms

    @cached_property
    def earlier(self) -> Round | None:
        """My newest round on another version."""
        rounds = Round.objects.filter(review_id=self.round.review_id, pk__lt=self.round.pk)
        return rounds.exclude(version_id=self.version.pk).select_related("version").order_by("-pk").first()

    @property
    def left_size(self) -> str:
        """“3 statements, about 2 minutes”: what my verdicts do not cover."""
        left, minutes = len(self.left), reading_minutes(len(self.left))
        if not left:
            return "your verdicts cover every statement"
        return f"{left} statement{'s' * (left > 1)}, about {minutes} minute{'s' * (minutes > 1)}"


def sign_of(check: ClaimCheck) -> str:
    """A verdict's sign, with its word for those who do not see it."""
    verdict = Verdict(check.verdict)
    tone = LOOKS[verdict][0]
    return format_html(
        '<span class="claim-sign {}" aria-hidden="true">{}</span><span class="visually-hidden claim-word">{}: </span>',
        tone,
        SIGNS[tone],
        verdict.label,
    )
