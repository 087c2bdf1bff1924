"""To do: every task of the person signed in, whatever roles they have; one task, one next step."""

import re
from collections import Counter
from itertools import groupby
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from articles.board import board
from articles.to_do import Task
from oracle.accounts.requests import DeskRequest

from .safety_tasks import HARMFUL, HIDDEN, OTHERS, safety_tasks
from .tasks import editor_tasks

FIRST = (HARMFUL, HIDDEN, "Declared interests", OTHERS)
FOLDED = {"Waiting for the editor", "Done"}
NOT_MINE = FOLDED | {
    "Open to take in my specialty",
    "Short of signatures",
    "Lapsing or lapsed in my specialty",
    "With the board",
}
# The end of the counted word: “reports that could harm”, “second rounds”.
PLURAL = re.compile(r"s\b")


def to_do(request: DeskRequest) -> HttpResponse:
    """What could harm first, then the board's tasks, then the editor's, in groups."""
    person = request.user
    theirs, notice = board().tasks(person)
    writing = editor_tasks(person) if person.has_role("editor") else []
    groups = grouped([*safety_tasks(person), *theirs, *writing])
    context = {
        "groups": groups,
        "lead": lead(groups),
        "writes": person.has_role("editor"),
        "reviews": person.has_role("reviewer"),
        "chairs": person.has_role("chair"),
        "board_notice": notice,
    }
    return render(request, "desk/to_do.html", context)


def grouped(tasks: list[Task]) -> list[dict[str, Any]]:
    """Tasks of the same group together, in their order, after those that nothing else comes before."""
    tasks = sorted(tasks, key=lambda task: FIRST.index(task.group) if task.group in FIRST else len(FIRST))
    return [
        {"name": name, "tasks": list(items), "folded": name in FOLDED}
        for name, items in groupby(tasks, key=lambda task: task.group)
    ]


def lead(groups: list[dict[str, Any]]) -> str:
    """“3 need you: 1 second round, 1 due tomorrow, 1 invitation.”"""
    mine = Counter(
        task.when or group["name"].lower()
        for group in groups
        if group["name"] not in NOT_MINE
        for task in group["tasks"]
    )
    total = mine.total()
    parts = ", ".join(f"{count} {name if count > 1 else PLURAL.sub('', name, count=1)}" for name, count in mine.items())
    return f"{total} need{'s' if total == 1 else ''} you: {parts}." if total else "Nothing needs you now."
