"""The checks of an open version as the editor's page shows them: grouped by rule, errors first."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse

from articles.models import Version, Waiver
from articles.text.preflight import ERROR, RULES, Finding

UNMATCHED = "unmatched-number"
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


@dataclass(frozen=True)
class Checks:
    """What must be mended, what is to look at, and what was set aside with a reason."""

    errors: list[Group]
    warnings: list[Group]
    waived: list[Group]

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
    groups = list(_grouped(version.findings(), version.article.slug).values())
    for group in groups:
        group.waiver = waivers.get(group.rule) if group.level != ERROR else None
    return Checks(
        [group for group in groups if group.level == ERROR],
        [group for group in groups if group.level != ERROR and group.waiver is None],
        [group for group in groups if group.waiver is not None],
    )


def _grouped(findings: Iterable[Finding], slug: str) -> dict[tuple[str, str], Group]:
    groups: dict[tuple[str, str], Group] = {}
    for finding in findings:
        heading = RULES.get(finding.rule, finding.rule)
        group = groups.setdefault((finding.rule, finding.level), Group(finding.rule, heading, finding.level))
        label = FIX_LABELS.get(finding.fix.partition(":")[0], "")
        group.places.append(Place(finding, _place(finding, slug), label))
    return groups


def _place(finding: Finding, slug: str) -> str:
    """The address at which a finding is mended; on the editor's page itself an anchor."""
    if finding.rule == UNMATCHED:
        return reverse("match_numbers", args=[slug])
    elsewhere: dict[str, Any] = {"references": "edit_references", "article": "submit"}
    if finding.field in elsewhere:
        return reverse(elsewhere[finding.field], args=[slug])
    return f"#id_{finding.field}"
