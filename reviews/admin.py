"""The back office's lists of the board: members and rules to keep, signatures read-only."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models.functions import Lower
from django.http import HttpRequest

from articles.models import Risk, Specialty
from oracle import clock
from oracle.accounts.models import Role, User
from oracle.audit.forms import DayField
from oracle.back_office.forms import ReasonedForm
from oracle.back_office.lists import moment, one_of
from oracle.back_office.pages import OfficePage, WritingPage, register

from .models import BoardMember, Meaning, Revocation, SigningFailure, SignOff, SignOffRule

# What a credential check speaks of: whoever changes any of it has made the check.
CHECKED = {"credentials", "register", "register_number", "checked_on", "expires_on"}
DAYS = {"checked_on", "expires_on", "disclosed_on", "term_from", "term_until"}


class PersonField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A board member without a record, by name and e-mail."""

    def label_from_instance(self, obj: Any) -> str:
        """The name, and the e-mail to tell two of one name apart."""
        return f"{obj.name} ({obj.email})"


class BoardMemberForm(ReasonedForm):
    """A member's record; who changes what the check speaks of is noted as its author."""

    user = PersonField(User.objects.none(), label="Person", help_text="A board member who has no record yet.")
    credentials = forms.CharField(max_length=120, help_text="As printed after the name, for example “MD, PhD”.")
    main = forms.ChoiceField(label="Main specialty", help_text="A rule counts signatures by the main specialty.")
    others = forms.MultipleChoiceField(label="Further specialties", required=False, widget=forms.CheckboxSelectMultiple)
    register = forms.CharField(max_length=120, required=False, help_text="The public register of practitioners.")
    register_number = forms.CharField(max_length=60, required=False, label="Number in the register")
    checked_on = DayField(help_text="The day on which you looked the credentials up.")
    expires_on = DayField(label="Check expires on", help_text="After this day the member cannot review or sign.")
    disclosure = forms.CharField(
        max_length=5000, required=False, widget=forms.Textarea(attrs={"rows": 4}), label="Disclosure of interests"
    )
    disclosed_on = DayField()
    term_from = DayField(required=True, label="Term from")
    term_until = DayField(label="Term until", help_text="Empty while the end is open.")
    away_until = DayField(label="Away until", help_text="Members set it themselves too.")
    field_order = ("user", "credentials", "main", "others", "affiliation")

    class Meta:
        model = BoardMember
        fields = (
            *("user", "credentials", "affiliation", "register", "register_number", "checked_on", "expires_on"),
            *("disclosure", "disclosed_on", "term_from", "term_until", "away_until"),
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        held = [] if self.instance._state.adding else self.instance.specialties
        names = dict(Specialty.objects.values_list("slug", "name"))
        choices = [*names.items(), *((slug, slug) for slug in held if slug not in names)]
        self.fields["main"].choices = [("", "Choose"), *choices]  # type: ignore[attr-defined]
        self.fields["others"].choices = choices  # type: ignore[attr-defined]
        self.initial.update(main=held[0] if held else "", others=held[1:])
        if self.instance._state.adding:
            waiting = User.objects.filter(roles__contains=[Role.REVIEWER], is_active=True, board_record=None)
            self.fields["user"].queryset = waiting.exclude(pk=self.by.pk).order_by(Lower("name"))  # type: ignore[attr-defined]
        else:
            del self.fields["user"]

    def clean(self) -> dict[str, Any]:
        """Dates that agree; the specialties in order; the author of the check."""
        data = super().clean()
        if not DAYS & set(self.errors):
            self._check_days(data)
        main, others = data.get("main"), data.get("others") or []
        if main:
            kept = [slug for slug in self.initial["others"] if slug in others]
            self.instance.specialties = list(dict.fromkeys([main, *kept, *others]))
        if not data.get("checked_on"):
            self.instance.checked_by = None
        elif CHECKED & set(self.changed_data):
            self.instance.checked_by = self.by
        return data

    def _check_days(self, data: dict[str, Any]) -> None:
        checked, expires = data.get("checked_on"), data.get("expires_on")
        disclosed, since, until = data.get("disclosed_on"), data.get("term_from"), data.get("term_until")
        today = clock.today()
        faults = (
            (
                "expires_on",
                bool(checked) != bool(expires),
                "A check has both days: when it was made, and when it expires.",
            ),
            (
                "expires_on",
                checked and expires and expires <= checked,
                "A check must expire after the day it was made.",
            ),
            ("checked_on", checked and checked > today, "A check cannot have been made in the future."),
            (
                "disclosed_on",
                bool(disclosed) != bool(data.get("disclosure")),
                "Give the disclosure and its day together.",
            ),
            ("disclosed_on", disclosed and disclosed > today, "A disclosure cannot have been made in the future."),
            ("term_until", since and until and until < since, "The term must end after it begins."),
        )
        for name, wrong, sentence in faults:
            if wrong:
                self.add_error(name, sentence)


@register(BoardMember)
class BoardMemberPage(WritingPage):
    """The Medical Advisory Board's records. Nobody keeps their own."""

    section, place, title = "People and the board", 2, "Board members"
    lead = (
        "Credentials and their check, specialties, disclosures and terms. Nobody changes their own record here; "
        "members disclose their interests, and say when they are away, on a page of their own."
    )
    readers = (Role.CHAIR, Role.AUDITOR)
    writers = (Role.ADMINISTRATOR,)
    addable = True
    event = "board.save"
    form = BoardMemberForm
    form_lead = "Signatures given already keep the name, credentials and specialties they were given with."
    list_display = (
        "name_of",
        "credentials",
        "specialties_now",
        "check_expires",
        "disclosure_holds",
        "term_from",
        "term_until",
        "away_until",
        "outside",
    )
    list_select_related = ("user", "outside_for")
    search_fields = ("user__name", "credentials", "register_number")
    search_help_text = "Name, credentials or number in the register"
    ordering = (Lower("user__name"),)

    def has_change_permission(self, request: HttpRequest, obj: BoardMember | None = None) -> bool:
        """An administrator, but not in their own record: nobody verifies their own credentials."""
        own = obj is not None and obj.user_id == request.user.pk
        return super().has_change_permission(request, obj) and not own

    @admin.display(description="member", ordering=Lower("user__name"))
    def name_of(self, row: BoardMember) -> str:
        """The person's name."""
        return row.user.name

    @admin.display(description="check expires", ordering="expires_on")
    def check_expires(self, row: BoardMember) -> Any:
        """The last day of the credential check."""
        return row.expires_on or "not checked yet"

    @admin.display(description="disclosure holds until", ordering="disclosed_on")
    def disclosure_holds(self, row: BoardMember) -> Any:
        """The last day of the yearly disclosure."""
        return row.disclosed_until or "not given yet"

    @admin.display(description="from outside, for")
    def outside(self, row: BoardMember) -> str:
        """The one article of an outside reviewer."""
        return str(row.outside_for or "")

    @admin.display(description="specialties")
    def specialties_now(self, row: BoardMember) -> str:
        """The main one first."""
        return row.fields_of_medicine

    def facts(self, row: BoardMember) -> list[tuple[str, str]]:
        """Who made the check, until when the disclosure holds, and of what article an outside reviewer is."""
        until, outside = row.disclosed_until, row.outside_for
        named = [("Outside reviewer of", f"{outside}. The reason: {row.outside_reason}")] if outside else []
        return [
            ("Credentials checked by", row.checked_by.name if row.checked_by else "nobody yet"),
            ("Disclosure holds until", f"{until:%-d %B %Y}" if until else "not given yet"),
            *named,
        ]


class SignOffRuleForm(ReasonedForm):
    """How many signatures, from how many specialties, for how long."""

    signatures = forms.IntegerField(min_value=1, max_value=9, help_text="From that many different board members.")
    specialties = forms.IntegerField(
        min_value=1, max_value=9, help_text="How many different main specialties they come from."
    )
    months = forms.IntegerField(min_value=1, max_value=120, help_text="How long the signatures hold.")

    class Meta:
        model = SignOffRule
        fields = ("signatures", "specialties", "months")

    def clean(self) -> dict[str, Any]:
        """A rule that can be met."""
        data = super().clean()
        signatures, specialties = data.get("signatures"), data.get("specialties")
        if signatures and specialties and specialties > signatures:
            sentence = (
                f"The signatures cannot come from more specialties than there are signatures: at most {signatures}."
            )
            self.add_error("specialties", sentence)
        return data


@register(SignOffRule)
class SignOffRulePage(WritingPage):
    """The rule of each risk: changed, never added or taken away."""

    section, place, title = "Rules and texts", 1, "Sign-off rules"
    lead = "How many signatures an article needs, by its risk. One is always from the article’s main specialty."
    readers = (Role.AUDITOR, Role.ADMINISTRATOR)
    writers = (Role.CHAIR,)
    event = "rule.save"
    form = SignOffRuleForm
    form_lead = (
        "Signatures given already keep the rule they were given under: what is approved stays approved. "
        "Where a version has some of its signatures, the rule of the newest one counts."
    )
    list_display = ("name_of", "signatures", "specialties", "months")
    ordering = ("-risk",)
    sortable_by = ()

    @admin.display(description="risk")
    def name_of(self, row: SignOffRule) -> str:
        """The risk in words."""
        return str(Risk(row.risk).label).capitalize()

    def response_change(self, request: HttpRequest, obj: SignOffRule) -> Any:
        """Back to the list, with a warning where today's board is too small for the rule."""
        today = clock.today()
        main = [row.specialties[0] for row in BoardMember.objects.at_work(today) if row.lapse(today) is None]
        if len(main) < obj.signatures or len(set(main)) < obj.specialties:
            sentence = (
                "Too few board members can sign today for this rule; until more join, nothing of this risk is approved."
            )
            messages.warning(request, sentence)
        return super().response_change(request, obj)


class BoardRecordPage(OfficePage):
    """Rows that are only ever added, by signing."""

    section = "Articles and signatures"
    readers = (Role.CHAIR, Role.AUDITOR)
    search_help_text = "Words of the article’s address"
    ordering = ("-id",)
    sortable_by = ()


@register(SignOff)
class SignOffPage(BoardRecordPage):
    """Signatures."""

    place, title = 3, "Sign-offs"
    lead = "Every signature, with what was signed. A signature is revoked, never changed or deleted."
    list_display = ("printed_name", "credentials", "article", "version", "meaning", "at")
    list_filter = (one_of("meaning", Meaning.choices),)
    list_select_related = ("article", "version")
    search_fields = ("printed_name", "article__slug")
    search_help_text = "Name, or words of the article’s address"
    columns = ("printed_name", "credentials", "article__slug", "version__number", "meaning", "signed_at")

    @admin.display(description="signed at")
    def at(self, row: SignOff) -> str:
        """When."""
        return moment(row.signed_at)


@register(Revocation)
class RevocationPage(BoardRecordPage):
    """Signatures taken back."""

    place, title = 4, "Revocations"
    lead = "Signatures that were taken back, by whom and why."
    list_display = ("article", "of", "who", "reason", "when")
    search_fields = ("article__slug",)
    list_select_related = ("article", "signoff", "by")
    columns = ("article__slug", "signoff__printed_name", "signoff__credentials", "by__name", "reason", "at")

    @admin.display(description="signature of")
    def of(self, row: Revocation) -> str:
        """Whose signature."""
        return str(row.signoff)

    @admin.display(description="at")
    def when(self, row: Revocation) -> str:
        """When."""
        return moment(row.at)

    @admin.display(description="by")
    def who(self, row: Revocation) -> str:
        """Who took it back."""
        return row.by.name


@register(SigningFailure)
class SigningFailurePage(BoardRecordPage):
    """Tries to sign that were refused."""

    place, title = 5, "Refused tries to sign"
    lead = "Who tried to sign what, and why it was refused."
    list_display = ("article", "version", "who", "reason", "when")
    search_fields = ("article__slug",)
    list_select_related = ("article", "version", "by")
    columns = ("article__slug", "version__number", "by__name", "reason", "at")

    @admin.display(description="at")
    def when(self, row: SigningFailure) -> str:
        """When."""
        return moment(row.at)

    @admin.display(description="by")
    def who(self, row: SigningFailure) -> str:
        """Who tried."""
        return row.by.name
