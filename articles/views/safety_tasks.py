"""What may harm somebody, in *To do*: reports for editors and the chair, hidden texts for the chair. One query each."""

from textwrap import shorten
from typing import Any

from django.db.models import F
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from articles import permissions
from articles.models import Outcome, Report, State, Suspension
from articles.to_do import Task
from oracle.accounts.models import User

LONGEST = 50
HARMFUL, HIDDEN, OTHERS = "Reports that could harm", "Hidden texts", "Other reports"


def safety_tasks(user: User) -> list[Task]:
    """What could harm, what is hidden, then the other reports."""
    reports = report_tasks() if permissions.can_answer_reports(None, user) else []
    return [*reports, *(hidden_tasks() if permissions.can_chair(None, user) else [])]


def report_tasks() -> list[Task]:
    """Each report that could harm; of the others those whose revision is signed, and how many wait."""
    question = F("article__current_version__question")
    rows: list[Any] = list(Report.objects.open().with_work().annotate(question=question)[: LONGEST + 1])
    harmful = [row for row in rows[:LONGEST] if row.urgent]
    others = [row for row in rows[:LONGEST] if not row.urgent]
    signed = [row for row in others if row.became == Outcome.SIGNED]
    tasks = [_report(HARMFUL, row, "danger") for row in harmful] + [_report(OTHERS, row) for row in signed]
    if len(rows) > LONGEST:
        group = HARMFUL if rows[LONGEST].urgent else OTHERS
        return [*tasks, Task(group, f"More than {LONGEST} open reports", reverse("reports"), [], "See all")]
    left = len(others) - len(signed)
    said = f"{left} open report{'' if left == 1 else 's'}"
    return [*tasks, *([Task(OTHERS, said, reverse("reports"), ["nothing that could harm"], "Look")] if left else [])]


def _report(group: str, row: Any, tone: str = "") -> Task:
    words = [shorten(row.text, 120, placeholder=" …")] if row.text else []
    facts = [f"report {row.pk}", f"since {_day(row.at)}", *_work(row), *words]
    button = "Give the outcome" if row.became == Outcome.SIGNED else "Look"
    return Task(
        group, row.question or row.page or "This site", reverse("report_desk", args=[row.pk]), facts, button, tone
    )


def _work(row: Any) -> list[str]:
    """What became of the work that began because of a report."""
    if row.reached is None:
        return []
    return [f"version {row.reached} is {row.became or 'in work because of it'}"]


def hidden_tasks() -> list[Task]:
    """Hidden texts, on which only the chair decides; the one hidden first comes first."""
    rows = Suspension.objects.filter(lifted_at=None).exclude(article__state=State.WITHDRAWN)
    rows = rows.annotate(question=F("article__current_version__question"))
    found: list[Any] = list(rows.select_related("article", "by").order_by("at", "pk")[: LONGEST + 1])
    tasks = [_hidden(row) for row in found[:LONGEST]]
    if len(found) > LONGEST:
        tasks.append(
            Task(HIDDEN, f"More than {LONGEST} hidden texts", f"{reverse('articles')}?where=hidden", [], "See all")
        )
    return tasks


def _hidden(row: Any) -> Task:
    facts = [f"by {row.by.name}", f"since {_day(row.at)}", shorten(row.reason, 120, placeholder=" …")]
    return Task(
        HIDDEN, row.question or row.article.slug, reverse("show", args=[row.article.slug]), facts, "Decide", "danger"
    )


def _day(at: Any) -> str:
    return date_format(timezone.localdate(at), "j F Y")
