"""The forms of the editors' desk."""

import re
from typing import Any

from django import forms
from django.utils.html import format_html

from .importing import csl
from .importing.csl_fields import TYPES, cleaned
from .importing.imported import ImportRefused
from .models import Article, Risk, Specialty
from .text.content import AI_LEVELS, NO_AI, Content, line_ends
from .text.references import KINDS

LONGEST_TEXT = 200_000
LONGEST_ANSWER = 2_000
LONGEST_REASON = 2_000
WRITING = {"class": "writing", "rows": 4}
TALL = {"class": "writing tall", "rows": 28}
RAISING = "The board then reviews the whole version again. The other way round is not possible."


class OneLine(forms.CharField):
    """A line of text: white space is folded."""

    def to_python(self, value: Any) -> str:
        """The text on one line."""
        return " ".join((super().to_python(value) or "").split())


class SummaryAbove(forms.Form):
    """A form whose page shows the summary of its errors under the heading, where it is seen at once."""

    summary_above = True


class AskedLater(forms.TextInput):
    """A field that is needed only with some answers of the same form; the browser does not insist on it."""

    def use_required_attribute(self, initial: Any) -> bool:
        """Never."""
        return False


class Unfinished(OneLine):
    """What a text needs before it is sent; a draft may be saved without it, so it is not marked as optional."""

    def validate(self, value: Any) -> None:
        """The checks ask for it, not the form."""


class UnfinishedText(forms.CharField):
    """The same for more than one line."""

    def validate(self, value: Any) -> None:
        """The checks ask for it, not the form."""


class TextForm(SummaryAbove):
    """The text of the open version; `base` is the fingerprint of the text that the page was made from."""

    use_required_attribute = False
    base = forms.CharField(widget=forms.HiddenInput, max_length=64)
    question = Unfinished(max_length=300, help_text="As a reader would ask it. It is the page's title.")
    direct_answer = UnfinishedText(
        max_length=LONGEST_ANSWER,
        widget=forms.Textarea(WRITING),
        help_text="Yes, no or it depends, in one or two sentences; the first thing readers see.",
    )
    title = Unfinished(label="Answer title", max_length=300)
    professional = UnfinishedText(
        label="Wording for health professionals",
        max_length=LONGEST_TEXT,
        strip=False,
        widget=forms.Textarea(TALL),
        help_text="Markdown: ## Heading, - list item, **strong**. Cite with [@key] or [@key; @other].",
    )
    plain = forms.CharField(
        label="Wording for patients and carers",
        max_length=LONGEST_TEXT,
        required=False,
        strip=False,
        widget=forms.Textarea({"class": "writing", "rows": 12}),
        help_text="Optional; it is reviewed and signed together with the other. Leave it empty to have none.",
    )
    abbreviations = forms.CharField(
        max_length=20_000,
        required=False,
        widget=forms.Textarea({"rows": 4}),
        help_text="One on each line, like “CKD = chronic kidney disease”. Students read the long forms.",
    )

    def clean_abbreviations(self) -> dict[str, str]:
        """Lines of `SHORT = long form` as a mapping."""
        found: dict[str, str] = {}
        for number, line in enumerate(self.cleaned_data["abbreviations"].splitlines(), start=1):
            short, equals, long = (part.strip() for part in line.partition("="))
            if not line.strip():
                continue
            if not (short and equals and long):
                raise forms.ValidationError(f"Line {number} is not like “CKD = chronic kidney disease”.")
            if short in found:
                raise forms.ValidationError(f"“{short}” stands twice, again on line {number}.")
            found[short] = long
        return found

    def clean(self) -> dict[str, Any]:
        """An empty field is a text of its own; a missing one is a form that was cut off, which must not empty it."""
        if any(name not in self.data for name in self.fields):
            raise forms.ValidationError("The form came in incomplete. Nothing was saved; send it again.")
        return super().clean() or self.cleaned_data

    @staticmethod
    def initial_of(content: Content, base: str) -> dict[str, Any]:
        """What the form shows of a text."""
        lines = "\n".join(f"{short} = {long}" for short, long in content.abbreviations.items())
        names = ("question", "direct_answer", "title", "professional", "plain")
        return {name: getattr(content, name) for name in names} | {"abbreviations": lines, "base": base}

    def texts(self) -> dict[str, Any]:
        """The fields of `Content` that this form holds, line ends as `\\n`."""
        values = {name: value for name, value in self.cleaned_data.items() if name != "base"}
        return {name: line_ends(value) if isinstance(value, str) else value for name, value in values.items()}


class WriteForm(SummaryAbove):
    """Begin with the question alone."""

    question = OneLine(max_length=300, label="The medical question")


class PasteForm(SummaryAbove):
    """A draft as pasted text, or Markdown with front matter."""

    text = forms.CharField(
        label="The draft",
        max_length=2_000_000,
        strip=False,
        widget=forms.Textarea({"rows": 14}),
        help_text="An answer as copied from an AI system, or Markdown with front matter; its reference list with it.",
    )


class UploadForm(SummaryAbove):
    """A draft as a file."""

    file = forms.FileField(
        label="The file",
        help_text="A .md file with front matter, or a .txt file as pasted; at most 2 MB.",
        widget=forms.ClearableFileInput({"accept": ".md,.txt"}),
    )


TYPE_LABELS = {
    "article-journal": "journal article",
    "article": "preprint",
    "book": "book",
    "chapter": "chapter of a book",
    "paper-conference": "conference paper",
    "dataset": "data set",
    "report": "report",
    "webpage": "web page",
    "document": "other document",
}
FIELDS = {
    "title": "title",
    "container": "container-title",
    "volume": "volume",
    "issue": "issue",
    "page": "page",
    "publisher": "publisher",
    "doi": "DOI",
    "pmid": "PMID",
    "pmcid": "PMCID",
    "url": "URL",
    "year": "issued",
}


class ReferenceForm(SummaryAbove):
    """One reference. Fields of the item that the form does not have stay as they were."""

    key = forms.CharField(
        max_length=csl.LONGEST_KEY,
        required=False,
        help_text="How the text cites it, like deen2016. Left empty, it is made from the first author and the year.",
    )
    kind = forms.ChoiceField(choices=[(kind, kind) for kind in KINDS])
    type = forms.ChoiceField(label="Published as", required=False)
    title = OneLine(max_length=1000)
    authors = forms.CharField(
        max_length=20_000,
        required=False,
        widget=forms.Textarea({"rows": 3}),
        help_text="One on each line: Deen, Jane. An organisation as it is called.",
    )
    container = OneLine(label="Journal, book or site", max_length=500, required=False)
    year = OneLine(max_length=40, required=False, help_text="2016, or 2016-03-01.")
    volume = OneLine(max_length=40, required=False)
    issue = OneLine(max_length=40, required=False)
    page = OneLine(label="Pages", max_length=60, required=False)
    publisher = OneLine(max_length=300, required=False)
    doi = OneLine(label="DOI", max_length=300, required=False)
    pmid = OneLine(label="PMID", max_length=20, required=False)
    pmcid = OneLine(label="PMCID", max_length=20, required=False)
    url = OneLine(label="Address on the web", max_length=1000, required=False)

    def __init__(self, data: Any = None, *, old: dict[str, Any] | None = None) -> None:
        self.old = old or {}
        super().__init__(data, initial=reference_values(self.old))
        known = TYPE_LABELS | ({self.old["type"]: self.old["type"]} if self.old.get("type") in TYPES else {})
        choices = [("", "as the other fields suggest"), *((name, TYPE_LABELS.get(name, name)) for name in known)]
        self.fields["type"].choices = choices  # type: ignore[attr-defined]
        if self.old:
            del self.fields["key"]

    def clean_key(self) -> str:
        """A key that can stand in the text, or none."""
        key = str(self.cleaned_data["key"]).strip()
        if key and not csl.is_key(key):
            raise forms.ValidationError("A key begins with a letter and is made of letters and digits, like deen2016.")
        return key

    def clean_year(self) -> str:
        """A year, or a day; other words stay only if they were there before."""
        year = str(self.cleaned_data["year"])
        if "year" in self.changed_data and not re.fullmatch(r"(?:[12][0-9]{3}(?:-[0-9]{1,2}){0,2})?", year):
            raise forms.ValidationError("Write the year with four digits, like 2016, or a day, like 2016-03-01.")
        return year

    def clean(self) -> dict[str, Any]:
        """Check the whole item as the importers do."""
        super().clean()
        if not self.errors:
            try:
                self.item = cleaned(self._raw(), where="This reference")
            except ImportRefused as refused:
                raise forms.ValidationError(refused.reason) from refused
        return self.cleaned_data

    def _raw(self) -> dict[str, Any]:
        """The item as it was, with what was changed in the form."""
        raw = dict(self.old)
        for name, field in FIELDS.items():
            if name in self.changed_data:
                raw[field] = self.cleaned_data[name]
        if "authors" in self.changed_data:
            raw["author"] = [line for line in self.cleaned_data["authors"].splitlines() if line.strip()]
        raw["type"] = self.cleaned_data["type"]
        return raw | {"custom": {"kind": self.cleaned_data["kind"]}}


def reference_values(item: dict[str, Any]) -> dict[str, str]:
    """What the reference form shows of a CSL-JSON item."""
    values = {name: str(item.get(field, "")) for name, field in FIELDS.items() if name != "year"}
    issued = item.get("issued", {})
    parts = issued.get("date-parts") or [[]]
    return values | {
        "type": str(item.get("type", "")),
        "kind": str(item.get("custom", {}).get("kind", "")),
        "year": "-".join(f"{part:02d}" for part in parts[0]) or issued.get("literal", ""),
        "authors": "\n".join(_name(person) for person in item.get("author", [])),
    }


def _name(person: dict[str, str]) -> str:
    if "literal" in person:
        return person["literal"]
    return ", ".join(part for part in (person.get("family", ""), person.get("given", "")) if part)


class PastedReferencesForm(SummaryAbove):
    """References as CSL-JSON."""

    csl_json = forms.CharField(
        label="CSL-JSON",
        max_length=2_000_000,
        widget=forms.Textarea({"rows": 6, "spellcheck": "false"}),
        help_text="As Zotero and other reference managers export it.",
    )

    def clean_csl_json(self) -> list[dict[str, Any]]:
        """The items, each with a key."""
        try:
            return csl.read(self.cleaned_data["csl_json"])
        except ImportRefused as refused:
            raise forms.ValidationError(str(refused)) from refused


class EvidenceForm(SummaryAbove):
    """The passage of a source that carries a statement."""

    quote = forms.CharField(label="The passage, word for word", max_length=4000, widget=forms.Textarea({"rows": 3}))
    place = OneLine(label="Where it stands", max_length=200, required=False, help_text="Page, table or section.")

    def clean_quote(self) -> str:
        """The passage, line ends as `\\n`."""
        return line_ends(self.cleaned_data["quote"])


AI_CHOICES = tuple(
    zip(AI_LEVELS, ("No AI was used.", "AI helped with this text.", "AI drafted this text."), strict=True)
)


class Classified(SummaryAbove):
    """Whose field the question is, and how much harm a wrong answer could do.

    `suggested` are the words of the text that usually mean high risk, said beside the choice. Without
    `sets_specialties` they are not asked for and stay as they are.
    """

    main_specialty = forms.ChoiceField(label="Main specialty", help_text="One signer always has it.")
    specialties = forms.MultipleChoiceField(
        label="Other specialties", required=False, widget=forms.CheckboxSelectMultiple
    )
    risk = forms.ChoiceField(
        choices=Risk.choices,
        widget=forms.RadioSelect,
        help_text="How much harm could a wrong answer do? It decides how many signatures are needed.",
    )

    def __init__(self, *args: Any, suggested: str = "", sets_specialties: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if suggested:
            said = f"The text speaks of {suggested}: high risk is suggested."
            self.fields["risk"].help_text = format_html("{} <strong>{}</strong>", self.fields["risk"].help_text, said)
        if not sets_specialties:
            del self.fields["main_specialty"], self.fields["specialties"]
            return
        names = [(row.slug, row.name) for row in Specialty.objects.all()]
        self.fields["main_specialty"].choices = [("", "choose one"), *names]  # type: ignore[attr-defined]
        self.fields["specialties"].choices = names  # type: ignore[attr-defined]

    def all_specialties(self, article: Article) -> list[str]:
        """The chosen ones, the main one first; the article's own where they were not asked for."""
        if "main_specialty" not in self.fields:
            return article.specialties
        return list(dict.fromkeys([self.cleaned_data["main_specialty"], *self.cleaned_data["specialties"]]))


class ClassificationForm(Classified):
    """Risk and specialties on the record; `seen` is the `drafts.classification` that the page was made from."""

    seen = forms.CharField(widget=forms.HiddenInput, max_length=LONGEST_REASON)
    reason = forms.CharField(
        required=False,
        max_length=LONGEST_REASON,
        widget=forms.Textarea({"rows": 2}),
        help_text="Needed where the risk is lowered; it stays on record.",
    )


class SubmitForm(Classified):
    """What an editor confirms before *Send to the board*."""

    base = forms.CharField(widget=forms.HiddenInput, max_length=64)
    level = forms.ChoiceField(label="Use of AI", choices=AI_CHOICES, widget=forms.RadioSelect)
    tool = Unfinished(
        label="AI tool and version", max_length=200, widget=AskedLater, help_text="Needed unless no AI was used."
    )
    purpose = OneLine(label="What it was used for", max_length=300, required=False)
    funding = OneLine(max_length=1000, help_text="Who paid for this work. “none” is an answer.")
    change_note = forms.CharField(
        label="What changed since the version before",
        max_length=LONGEST_REASON,
        widget=forms.Textarea({"rows": 3}),
        help_text="It explains every save of this version; the board and the auditors read it.",
    )
    raised = forms.BooleanField(label="Treat as a change of content", required=False, help_text=RAISING)
    checked = forms.BooleanField(
        label="I have checked this text, and what is said above of AI and funding is right.",
        error_messages={"required": "Confirm this sentence before you send the text to the board."},
    )

    def __init__(self, *args: Any, number: int, typographic: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, asked in (("change_note", number > 1), ("raised", typographic)):
            if not asked:
                del self.fields[name]

    def clean(self) -> dict[str, Any]:
        """A tool is named where AI was used."""
        data = super().clean() or {}
        if data.get("level", NO_AI) != NO_AI and not data.get("tool"):
            self.add_error("tool", "Name the AI tool that was used, with its version if you know it.")
        return data


class ReasonForm(forms.Form):
    """A typed reason."""

    reason = forms.CharField(max_length=LONGEST_REASON, widget=forms.Textarea({"rows": 3}))


class ShowForm(ReasonForm):
    """Why a hidden text is shown again; `seen` is the suspension that the page was made from."""

    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2**63 - 1)
