"""A line of *To do*: one task, one next step."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Task:
    """`facts` are short texts shown in one line; `tone` is "", "caution" or "danger"."""

    group: str
    question: str
    url: str
    facts: list[str] = field(default_factory=list)
    button: str = "Open"
    tone: str = ""
