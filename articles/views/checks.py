"""The checks of an open version as the editor's page shows them: grouped by rule, errors first."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import urlencode

from django.urls import reverse

from articles.drafts import keys_of
from articles.models import Version, Waiver
from articles.text.preflight import ERROR, RULES, Finding

UNMATCHED = "unmatched-number"
# Findings in this field are mended by the form of the page *Send to the board*.
ASKED_ON_SUBMIT = "article"
FIX_LABELS = {"remove-reference": "Remove it", "set-kind": "Mark it as other"}


@dataclass(frozen=True)
class Place:
    """One finding, with the way to where it is mended."""

    finding: Finding
    url: str
    fix_label: str


@dataclass
class Group:
    """All findings of one rule."""

    rule: str
    heading: str
    level: str
    places: list[Place] = field(default_factory=list)
    waiver: Waiver | None = None

    @property
    def asked(self) -> bool:
        """Is it filled in on the page *Send to the board*, not in the text?"""
        return all(place.finding.field == ASKED_ON_SUBMIT for place in self.places)


@dataclass(frozen=True)
class Checks:
    """What must be mended, what is to look at, what was set aside with a reason, and what *Send to the board* asks."""

    errors: list[Group]
    warnings: list[Group]
    waived: list[Group]
    asked: list[Group]

    @property
    def to_mend(self) -> int:
        """How many errors stop the submission."""
        return sum(len(group.places) for group in self.errors)

    @property
    def to_look_at(self) -> int:
        """How many warnings nobody has answered."""
        return sum(len(group.places) for group in self.warnings)


def checks_of(version: Version) -> Checks:
    """The checks of the open version, with its waivers."""
    waivers = {waiver.rule: waiver for waiver in version.waivers.select_related("by")}
    groups = list(_grouped(version.findings(), version).values())
    for group in groups:
        group.waiver = waivers.get(group.rule) if group.level != ERROR else None
    return Checks(
        [group for group in groups if group.level == ERROR and not group.asked],
        [group for group in groups if group.level != ERROR and group.waiver is None],
        [group for group in groups if group.waiver is not None],
        [group for group in groups if group.asked],
    )


def _grouped(findings: Iterable[Finding], version: Version) -> dict[tuple[str, str], Group]:
    slug, keys = version.article.slug, keys_of(version.content)
    groups: dict[tuple[str, str], Group] = {}
    for finding in findings:
        heading = RULES.get(finding.rule, finding.rule)
        group = groups.setdefault((finding.rule, finding.level), Group(finding.rule, heading, finding.level))
        label = FIX_LABELS.get(finding.fix.partition(":")[0], "")
        group.places.append(Place(finding, _place(finding, slug, keys), label))
    return groups


def _place(finding: Finding, slug: str, keys: list[str]) -> str:
    """The address at which a finding is mended; on the editor's page itself an anchor."""
    if finding.rule == UNMATCHED:
        return f"{reverse('match_numbers', args=[slug])}#number-{finding.key}"
    if finding.field == "references":
        one = f"?{urlencode({'key': finding.key})}#quote" if finding.key in keys else ""
        return reverse("edit_references", args=[slug]) + one
    return reverse("submit", args=[slug]) if finding.field == ASKED_ON_SUBMIT else f"#id_{finding.field}"
