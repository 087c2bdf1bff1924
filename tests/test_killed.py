"""kill -9 of the site, of PostgreSQL and of the mail sender, while people work: nothing they were told is lost.

KILLED_SEED repeats the choices of a run; when each comes about is up to the machine.
"""

import os
import random
import shutil
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import pytest

from .invariants import broken
from .stories import House, Street
from .throwaway_site import HOUSES, ThrowawaySite
from .visitors import AWAY, NO_ANSWER, Browser, Enough, Notebook

REQUESTS = 520
TRIGGERS = "SELECT tgrelid::regclass::text || '.' || tgname FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1"
WITHOUT_MAIL = """SELECT u.email FROM accounts_historicaluser u WHERE u.history_event = 'user.invite'
                  AND 1 <> (SELECT count(*) FROM outbox_outbox m WHERE m.to = ARRAY[u.email])"""


@dataclass
class Death:
    """One kill: of what, the first and last moment at which a request could suffer, forms on their way then."""

    what: str
    began: float
    over: float
    sending: int


@dataclass
class Run:
    """What happened, for the judges."""

    seed: int
    site: ThrowawaySite
    notebook: Notebook = field(default_factory=lambda: Notebook(REQUESTS))
    deaths: list[Death] = field(default_factory=list)
    people: dict[str, str] = field(default_factory=dict)
    guards: list[Any] = field(default_factory=list)

    def plan(self) -> list[tuple[int, str]]:
        """What is killed after how many requests: site and database twice, the mail sender once."""
        chance = random.Random(self.seed)
        kinds = ["web", "database", "web", "database", "mail"]
        chance.shuffle(kinds)
        places = [80 + 85 * number + chance.randrange(40) for number in range(len(kinds))]
        return list(zip(places, kinds, strict=True))

    def kill_as_planned(self, threads: list[threading.Thread]) -> None:
        """Each time after so many requests, at a random moment while a form is on its way."""
        chance = random.Random(self.seed)
        alive = 0
        for place, what in self.plan():
            moment = chance.uniform(0.002, 0.03)
            while any(thread.is_alive() for thread in threads):
                sending = self.notebook.sending
                if len(self.notebook.asked) >= max(place, alive) and sending:
                    self.kill(what, sending)
                    alive = len(self.notebook.asked) + 25
                    break
                time.sleep(moment)

    def kill(self, what: str, sending: int) -> None:
        """One death; the site and the mail sender are started again, PostgreSQL by the next request."""
        began = time.monotonic()
        getattr(self.site, f"kill_{what}")()
        if what != "database":
            getattr(self.site, f"start_{what}")()
        self.deaths.append(Death(what, began, time.monotonic(), sending))

    def go(self) -> None:
        """Everybody at once, until there were enough requests."""
        self.people = self.site.found()
        with self.site.owner() as owner:
            self.guards = owner.execute(TRIGGERS).fetchall()
        self.site.start_web()
        self.site.start_mail()

        def browser(who: str) -> Browser:
            return Browser(self.site.port, self.notebook, self.people.get(who, ""))

        lives: list[House | Street] = [
            House(browser(f"editor{house}"), browser(f"reviewer{house}"), browser("chair"), self.notebook)
            for house in HOUSES
        ]
        lives.append(Street(browser(""), browser("administrator"), browser("auditor"), self.notebook))
        threads = [threading.Thread(target=self._visit, args=(life,)) for life in lives]
        for thread in threads:
            thread.start()
        self.kill_as_planned(threads)
        for thread in threads:
            thread.join()

    def _visit(self, life: House | Street) -> None:
        try:
            life.live()
        except Enough:
            return
        except Exception as error:
            self.notebook.strange.append(f"{type(life).__name__}: {error!r}")

    def story(self) -> str:
        """What a reader of a failure needs."""
        deaths = [
            f"{one.what} at {one.began:.2f}, over at {one.over:.2f}, {one.sending} on their way" for one in self.deaths
        ]
        logs = [f"-- {path.name}\n{path.read_text(errors='replace')[-6000:]}" for path in self.site.data.glob("*.log")]
        return "\n".join([f"KILLED_SEED={self.seed}", *deaths, *logs])


@pytest.fixture
def run() -> Iterator[Run]:
    """A site in a directory with a short path, for one run."""
    data = Path(tempfile.mkdtemp(prefix="o"))
    seed = int(os.environ.get("KILLED_SEED") or random.randrange(10**6))
    one = Run(seed, ThrowawaySite(data))
    try:
        yield one
    finally:
        one.site.close()
        shutil.rmtree(data)


def test_nothing_acknowledged_is_lost_and_nothing_is_half_done(run: Run) -> None:
    run.go()
    after = pages_afterwards(run)
    run.site.manage("send_mail")
    with run.site.owner() as owner:
        faults = [
            *run.notebook.strange,
            *unexcused(run),
            *after,
            *lost_or_doubled(owner, run.notebook),
            *(f"{email} has no mail, or two" for (email,) in owner.execute(WITHOUT_MAIL)),
            *unsent(owner, run.site.data / "mail"),
            *broken(owner),
        ]
        assert not faults, "\n".join([*faults, run.story()])
        assert owner.execute(TRIGGERS).fetchall() == run.guards
    assert_that_it_was_a_trial(run)


def pages_afterwards(run: Run) -> list[str]:
    """The pages of every article that do not come, to readers and on the desk, with nobody killing any more."""
    auditor = Browser(run.site.port, Notebook(REQUESTS), run.people["auditor"]).sign_in()
    places = ["/", "/board/", "/record/", "/desk/articles/"]
    for slug in run.notebook.slugs:
        places += [f"/articles/{slug}/", f"/articles/{slug}/versions/", f"/desk/articles/{slug}/"]
    asked = [(place, auditor.ask("GET", place).status) for place in places]
    return [f"afterwards {place}: {status}" for place, status in asked if status not in (200, 404)]


def unexcused(run: Run) -> list[str]:
    """The requests that had no answer or an error, though nothing had died that they could have met.

    Who meets a dead site gets no answer; who meets a dying database a 503, and nobody who comes after its death does.
    """
    bad = [one for one in run.notebook.asked if one.status == NO_ANSWER or one.status >= 500]
    excuses = {"web": NO_ANSWER, "database": AWAY}
    return [
        f"{one.method} {one.path}: {one.status} from {one.began:.2f} to {one.ended:.2f}"
        for one in bad
        if not any(
            excuses.get(death.what) == one.status and one.began <= death.over and one.ended >= death.began
            for death in run.deaths
        )
    ]


def lost_or_doubled(owner: "psycopg.Connection[Any]", notebook: Notebook) -> list[str]:
    """The acknowledged deeds that are not in the record once, and the others that are there more than once."""
    found = [(deed, *(owner.execute(deed.count.encode(), deed.values).fetchone() or ())) for deed in notebook.deeds]
    return [
        f"{deed.what}, acknowledged: {deed.acknowledged}, is in the record {count} times"
        for deed, count in found
        if count > 1 or (deed.acknowledged and not count)
    ]


def unsent(owner: "psycopg.Connection[Any]", folder: Path) -> list[str]:
    """The messages that are in no file, or are not noted as sent; a second copy is allowed, a lost one is not."""
    written = "".join(path.read_text() for path in folder.iterdir())
    rows = owner.execute("SELECT m.to[1], sent_at IS NOT NULL FROM outbox_outbox m").fetchall()
    return [f"mail to {to}: noted as sent: {sent}" for to, sent in rows if not sent or f"To: {to}\n" not in written]


def assert_that_it_was_a_trial(run: Run) -> None:
    """Enough of everything happened, and every death met forms on their way."""
    assert len(run.notebook.asked) >= 500
    assert sorted(death.what for death in run.deaths) == sorted(what for _, what in run.plan())
    assert run.site.processes["mail"].poll() is None
    assert all(death.sending for death in run.deaths)
    done = {deed.count for deed in run.notebook.deeds if deed.acknowledged}
    assert len(done) >= 15, "Too few sorts of deeds were done."
