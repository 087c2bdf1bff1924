"""Counts what a person does: a press of the pointer or of a key that acts is one, text typed in one go is one."""

from playwright.sync_api import Page

COUNT = """() => {
  const add = () => sessionStorage.setItem("actions", Number(sessionStorage.getItem("actions")) + 1);
  let typing = null;
  sessionStorage.setItem("actions", 0);
  document.addEventListener("pointerdown", () => { typing = null; add(); }, true);
  document.addEventListener("keydown", (event) => {
    const text = event.target.matches("textarea, input[type=text], input[type=password]") && event.key.length === 1;
    if (!text || typing !== event.target) add();
    typing = text ? event.target : null;
  }, true);
}"""


def start_counting(page: Page) -> None:
    """Count from now on, on this page and to the end of its last action."""
    page.evaluate(COUNT)


def counted(page: Page) -> int:
    """How many actions there were; asked after the page has gone."""
    return int(page.evaluate("sessionStorage.getItem('actions')"))
