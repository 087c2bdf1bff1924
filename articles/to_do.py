"""A line of *To do*: one task, one next step."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Task:
    """`facts` are short texts shown in one line; `tone` is "", "caution" or "danger".

    `when` is “late”, “due today” or “due tomorrow”: the first line then counts the task by it, not by its group.
    """

    group: str
    question: str
    url: str
    facts: list[str] = field(default_factory=list)
    button: str = "Open"
    tone: str = ""
    when: str = ""


@dataclass(frozen=True)
class BoardNotice:
    """What a person is told above their tasks, and where to mend it."""

    text: str
    url: str
    link: str
