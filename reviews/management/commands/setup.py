"""`manage.py setup`: an empty site of one's own, with its first administrator."""

import os
from getpass import getpass
from pathlib import Path
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError

from articles.models import Document
from articles.text.signing_questions import fault
from oracle.accounts.models import Role, User
from oracle.refusals import Refusal

from ...setup import Site, refuse_a_second, set_up

PASSWORD = "ORACLE_ADMIN_PASSWORD"  # noqa: S105
OPTIONAL_ROLES = [role for role in Role.values if role != Role.ADMINISTRATOR]
NEXT = """
The site {name} is ready. Its settings are in {path}; keep that file, SECRET_KEY stands in it.

Next:
  1. Start it (`make run`) and sign in as {email}.
  2. Back office, Accounts: invite an editor and the board, each by a link. One person may hold several roles.
  3. Back office, Board members: make a record for each member, with credentials and the date of their check.
  4. Back office, Policy and disclaimers: read them, and put your own wording in force.
  5. As editor: To do, New article.
"""


class Questions(forms.Form):
    """What is asked, in this order; each has an option of the command and, for the first three, a variable."""

    site_name = forms.CharField(label="Name of the site", max_length=100)
    responsible = forms.CharField(label="Person or body with editorial responsibility", max_length=200)
    contact = forms.EmailField(label="E-mail address that readers may write to")
    name = forms.CharField(label="Your name, as the record shall show it", max_length=200)
    email = forms.EmailField(label="Your e-mail address, to sign in with", max_length=254)


VARIABLES = {"site_name": "SITE_NAME", "responsible": "RESPONSIBLE", "contact": "CONTACT_EMAIL"}


class Command(BaseCommand):
    """Asks what only the founder knows, and makes the site; all of it or nothing."""

    help = f"Sets up a site of your own, once. With --no-input the password comes from {PASSWORD}."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare an option for each question, for scripts."""
        for key, field in Questions.base_fields.items():
            parser.add_argument(f"--{key.replace('_', '-')}", help=str(field.label))
        parser.add_argument(
            *("--role", "--roles"), nargs="+", choices=OPTIONAL_ROLES, default=[], help="further roles of yours"
        )
        for kind in Document.Kind:
            option = f"--{kind.value.replace('_', '-')}"
            parser.add_argument(option, type=Path, metavar="FILE", help=f"your own {kind.label}")
        parser.add_argument("--no-input", action="store_false", dest="interactive", help="ask nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        """Refuse early, ask, make."""
        if settings.DEBUG:
            raise CommandError("A site of your own is set up with DEBUG=0; DEBUG=1 is the demonstration's.")
        try:
            refuse_a_second(Path(settings.SITE_FILE))
            call_command("migrate", verbosity=0)
            site, password = self.asked(options)
            first = set_up(site, password)
        except Refusal as refusal:
            raise CommandError(refusal.sentence) from refusal
        except (DatabaseError, ImproperlyConfigured, OSError, ValueError) as error:
            raise CommandError(f"The site was not set up: {error}") from error
        self.stdout.write(NEXT.format(name=site.site_name, path=settings.SITE_FILE, email=first.email))

    def asked(self, options: dict[str, Any]) -> tuple[Site, str]:
        """Everything that was said, valid; and the password."""
        answers = self.answers(options)
        roles = [Role.ADMINISTRATOR.value, *options["role"]]
        site = Site(**answers, roles=[role for role in Role.values if role in roles], texts=documents(options))
        user = User(email=site.email, name=site.name)
        if options["interactive"]:
            return site, self.ask_password(user)
        return site, given_password(user)

    def answers(self, options: dict[str, Any]) -> dict[str, str]:
        """Each question's answer: the option's, the variable's, or what is typed."""
        given = {key: options[key] or os.environ.get(VARIABLES.get(key, ""), "") for key in Questions.base_fields}
        if options["interactive"]:
            return {key: self.ask(key, given[key], sure=bool(options[key])) for key in given}
        form = Questions(given)
        if not form.is_valid():
            faults = [f"--{key.replace('_', '-')}: {' '.join(map(str, errors))}" for key, errors in form.errors.items()]
            raise CommandError("Nothing was set up. " + " ".join(faults))
        return form.cleaned_data

    def ask(self, key: str, given: str, *, sure: bool) -> str:
        """One question until the answer is valid; one that an option answered is not asked."""
        field = Questions.base_fields[key]
        while True:
            shown = f" [{given}]" if given else ""
            typed = given if sure else typed_line(f"{field.label}{shown}: ") or given
            try:
                return str(field.clean(typed))
            except ValidationError as error:
                self.stderr.write(" ".join(error.messages))
                sure = False

    def ask_password(self, user: User) -> str:
        """A password, typed twice without an echo."""
        while True:
            password = getpass("Your password, at least 15 characters (it is not shown): ")
            try:
                validate_password(password, user)
            except ValidationError as error:
                self.stderr.write(" ".join(error.messages))
                continue
            if getpass("The same password again: ") == password:
                return password
            self.stderr.write("These two are not the same.")


def typed_line(question: str) -> str:
    """A line from the terminal; where there is none, the way to do without."""
    try:
        return input(question).strip()
    except EOFError:
        raise CommandError("There is nobody to ask here. Give the answers as options, with --no-input.") from None


def given_password(user: User) -> str:
    """The password of the environment, held against the same rules."""
    password = os.environ.get(PASSWORD, "")
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise CommandError(f"{PASSWORD}: {' '.join(error.messages)} Nothing was set up.") from error
    return password


def documents(options: dict[str, Any]) -> dict[str, str]:
    """The house's own documents, by kind."""
    found = {kind.value: options[kind.value] for kind in Document.Kind if options[kind.value]}
    texts = {kind: path.read_text("utf-8").strip() for kind, path in found.items()}
    empty = [str(found[kind]) for kind, text in texts.items() if not text]
    if empty:
        raise CommandError(f"{', '.join(empty)}: empty. Nothing was set up.")
    asked = texts.get(Document.Kind.QUESTIONS.value)
    if asked and (sentence := fault(asked)):
        raise CommandError(f"{found['questions']}: {sentence} Nothing was set up.")
    return texts
