"""The documents' tables list exactly what the code has."""

import re
from pathlib import Path

from articles.models import Article
from oracle.accounts.demonstration import DEMONSTRATION_ACCOUNTS, DEMONSTRATION_PASSWORD
from oracle.accounts.models import Role
from oracle.back_office.site import office

ROOT = Path(__file__).parent.parent
NAMING = (
    *("reviews/checks.py", "reviews/management/commands/setup.py"),
    *("oracle/accounts/forms.py", "oracle/accounts/invitations.py"),
)


def table(document: str, heading: str) -> list[list[str]]:
    """The cells of the rows below a table's heading."""
    text = (ROOT / document).read_text()
    rows = text.split(f"| {heading} |", 1)[1].split("\n\n", 1)[0].splitlines()[2:]
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]


def test_the_table_of_verbs():
    found = {}
    for move in Article._meta.get_field("state").get_all_transitions(Article):
        states = getattr(move.target, "allowed_states", None) or [move.target]
        sources, targets = found.setdefault(move.name, (set(), set()))
        sources.add(str(move.source))
        targets.update(str(state.value) for state in states)
    told = {row[0]: (set(row[1].split(", ")), set(row[2].split(", "))) for row in table("docs/life.md", "verb")}
    assert told == found


def test_the_table_of_roles():
    assert [row[0] for row in table("docs/life.md", "role")] == Role.values


def test_the_table_of_the_back_office():
    pages = [page for page in office._registry.values() if page.section != "History"]
    code = {
        page.title: [", ".join(sorted({*page.readers, *page.writers})), ", ".join(sorted(page.writers))]
        for page in pages
    }
    assert {row[0]: row[1:] for row in table("docs/back-office.md", "list")} == code


def test_hints_and_refusals_name_lists_that_there_are():
    titles = {str(page.title) for page in office._registry.values()}
    for path in NAMING:
        code = (ROOT / path).read_text()
        named = re.findall(r"back office(.*?)[.:)]", code, re.IGNORECASE)
        assert named
        assert [name for name in named if name.removeprefix(", ") not in titles] == []
        assert re.findall(r"list of people|\bPeople[.:]", code) == []


def test_the_table_of_settings():
    code = "".join(
        (ROOT / path).read_text() for path in ("oracle/settings.py", "oracle/gunicorn.py", "tests/settings.py")
    )
    used = set(re.findall(r'(?:environ\.get\(|environ\[|_flag\(|_list\(|_number\()"([A-Z_]+)"', code))
    assert {row[0].strip("`") for row in table("docs/settings.md", "variable")} == used


def test_the_table_of_checks():
    files = [*(ROOT / "oracle").rglob("checks.py"), *(ROOT / "reviews").rglob("checks.py")]
    coded = [found for path in files for found in re.findall(r'id="(oracle\.\w+)"', path.read_text())]
    assert sorted(row[0].strip("`") for row in table("docs/checks.md", "id")) == sorted(coded)


def test_the_readme_names_every_demonstration_account():
    text = (ROOT / "README.md").read_text()
    missing = [account.email for account in DEMONSTRATION_ACCOUNTS if account.email not in text]
    assert (missing, DEMONSTRATION_PASSWORD in text) == ([], True)


def test_links_lead_somewhere():
    documents = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]
    dead = [
        f"{document.name}: {link}"
        for document in documents
        for link in re.findall(r"\]\(([^)#:]+)\)", document.read_text())
        if not (document.parent / link).exists()
    ]
    assert dead == []
