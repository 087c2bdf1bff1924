"""Counts what a person does: a press of the pointer or of a key that acts is one, text typed in one go is one."""

from playwright.sync_api import Page

LISTEN = """
  const add = () => sessionStorage.setItem("actions", Number(sessionStorage.getItem("actions")) + 1);
  let typing = null;
  document.addEventListener("pointerdown", () => { typing = null; add(); }, true);
  document.addEventListener("keydown", (event) => {
    const text = event.target.matches("textarea, input[type=text], input[type=password]") && event.key.length === 1;
    if (!text || typing !== event.target) add();
    typing = text ? event.target : null;
  }, true);
"""
RESET = "sessionStorage.setItem('actions', 0);"


def start_counting(page: Page) -> None:
    """Count from now on, on this page and to the end of its last action."""
    page.evaluate(f"() => {{ {RESET} {LISTEN} }}")


def start_counting_everywhere(page: Page) -> None:
    """Count from now on, on this page and on every one that follows."""
    start_counting(page)
    page.add_init_script(LISTEN)


def counted(page: Page) -> int:
    """How many actions there were; asked after the page has gone."""
    return int(page.evaluate("sessionStorage.getItem('actions')"))
