"""References are set in the NLM style, checked, compared, and safe whatever shape they come in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from articles.text import references

SALMHOFER = {
    "id": "salmhofer2013",
    "type": "article-journal",
    "author": [{"family": "Salmhofer", "given": "Hermann"}],
    "title": "A multi-modal series.",
    "container-title": "Kidney and Blood Pressure Research",
    "container-title-short": "Kidney Blood Press Res",
    "issued": {"date-parts": [[2013, 10]]},
    "volume": "37",
    "page": "346-359",
    "DOI": "https://doi.org/10.1159/000350160",
    "PMID": 24029745,
}
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.just("\ud800"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
FIELDS = [
    "id",
    "title",
    "author",
    "editor",
    "issued",
    "DOI",
    "PMID",
    "PMCID",
    "URL",
    "custom",
    "volume",
    "page",
    "type",
]


def test_parts_of_a_journal_article():
    assert references.parts(SALMHOFER) == {
        "key": "salmhofer2013",
        "kind": "research",
        "authors": "Salmhofer H",
        "title": "A multi-modal series",
        "container": "Kidney Blood Press Res",
        "year": "2013",
        "details": "37:346-359",
        "doi_url": "https://doi.org/10.1159/000350160",
        "pmid_url": "https://pubmed.ncbi.nlm.nih.gov/24029745/",
        "url": "",
        "retracted": False,
    }


@pytest.mark.parametrize(
    ("item", "line"),
    [
        (
            SALMHOFER,
            "Salmhofer H. A multi-modal series. Kidney Blood Press Res. 2013;37:346-359. doi:10.1159/000350160",
        ),
        ({"title": "May it be used?", "issued": {"raw": "June 2008"}}, "May it be used? 2008."),
        ({"title": "A book", "publisher": "NICE", "issued": {"literal": "2021"}}, "A book. NICE. 2021."),
        ({"title": "A", "volume": 3, "issue": "4-5", "page": "1-9"}, "A. 3(4-5):1-9."),
        ({}, ""),
    ],
)
def test_one_line_in_the_vancouver_style(item, line):
    assert references.vancouver(item) == line


@pytest.mark.parametrize(
    ("people", "shown"),
    [
        ([{"family": "Deen", "given": "Julian"}, {"family": "Schaider", "given": "H."}], "Deen J, Schaider H"),
        ([{"family": "Berg", "given": "Jean-Pierre M.", "non-dropping-particle": "van den"}], "van den Berg JPM"),
        ([{"family": "King", "given": "JR", "suffix": "Jr"}], "King JR Jr"),
        ([{"family": "Cruz", "given": "Ana", "dropping-particle": "de la"}], "de la Cruz A"),
        ([{"literal": "KDIGO Work Group"}], "KDIGO Work Group"),
        ([{"family": "García", "given": "Álvaro"}, "Smith J"], "García Á, Smith J"),
        ([{"family": f"A{n}", "given": "B"} for n in range(6)], "A0 B, A1 B, A2 B, A3 B, A4 B, A5 B"),
        ([{"family": f"A{n}", "given": "B"} for n in range(7)], "A0 B, A1 B, A2 B, A3 B, A4 B, A5 B, et al."),
        ([{}, None], ""),
        ("Smith", ""),
    ],
)
def test_authors(people, shown):
    assert references.authors_of({"author": people}) == shown


def test_editors_stand_in_for_authors():
    assert references.authors_of({"editor": [{"family": "Roe", "given": "Jo"}]}) == "Roe J, editors"


@pytest.mark.parametrize(
    ("item", "kind"),
    [
        ({"custom": {"kind": "label"}, "type": "article-journal"}, "label"),
        ({"custom": {"kind": "Guideline"}}, "guideline"),
        ({"custom": {"kind": "poem"}, "type": "article-journal"}, "research"),
        ({"genre": "Practice Guideline", "type": "article-journal"}, "guideline"),
        ({"type": "webpage"}, "other"),
        ({"custom": ["kind"]}, "research"),
    ],
)
def test_kind(item, kind):
    assert references.kind_of(item) == kind


@pytest.mark.parametrize(
    ("raw", "doi"),
    [
        ("10.1000/ABC", "10.1000/ABC"),
        ("https://doi.org/10.1000/abc", "10.1000/abc"),
        ("HTTP://DX.DOI.ORG/10.1000/abc", "10.1000/abc"),
        ("doi: 10.1000/abc", "10.1000/abc"),
        (
            "10.1002/(SICI)1097-0258(19980815/30)17:15/16<1661::AID-SIM968>3.0.CO;2-2",
            "10.1002/(SICI)1097-0258(19980815/30)17:15/16<1661::AID-SIM968>3.0.CO;2-2",
        ),
        ("10.1000/a%28b%29", "10.1000/a(b)"),
        ("unavailable", ""),
        ("10.1000", ""),
        ("10.1000/a b", ""),
        ("10.1000/a\0b", ""),
        (None, ""),
    ],
)
def test_doi(raw, doi):
    assert references.doi_of({"DOI": raw}) == doi


def test_a_hostile_doi_is_quoted_in_its_link_and_doubted():
    item = {"id": "a", "title": "A", "DOI": '10.1000/"><script>'}
    assert references.parts(item)["doi_url"] == "https://doi.org/10.1000/%22%3E%3Cscript%3E"
    assert [doubt for doubt in references.doubts(item) if "DOI" in doubt] == [
        'The DOI of reference “a” looks wrong: “10.1000/"><script>”. Compare it with the source.'
    ]


@pytest.mark.parametrize(
    ("raw", "pmid"),
    [
        ("24029745", "24029745"),
        (1, "1"),
        ("PMID: 7", "7"),
        ("0", ""),
        ("0123", ""),
        ("99999999999", ""),
        ("x", ""),
        ("²", ""),
    ],
)
def test_pmid(raw, pmid):
    assert references.pmid_of({"PMID": raw}) == pmid
    assert references.pmid_of({"pmid": raw}) == pmid


@pytest.mark.parametrize(("raw", "pmcid"), [("PMC123", "PMC123"), ("pmc9", "PMC9"), ("PMC0", ""), ("123", "")])
def test_pmcid(raw, pmcid):
    assert references.pmcid_of({"PMCID": raw}) == pmcid


@pytest.mark.parametrize(
    ("raw", "url"),
    [
        ("https://www.who.int/x", "https://www.who.int/x"),
        ("http://www.who.int", ""),
        ("javascript:alert(1)", ""),
        ('https://x.org/"onclick="', ""),
        ("https://x.org/a b", ""),
    ],
)
def test_only_https_addresses_are_linked(raw, url):
    assert references.parts({"URL": raw})["url"] == url


def test_pubmed_central_stands_in_for_an_address():
    assert references.parts({"PMCID": "PMC12"})["url"] == "https://pmc.ncbi.nlm.nih.gov/articles/PMC12/"


@pytest.mark.parametrize(
    ("issued", "year"),
    [
        ({"date-parts": [[2013, 5]]}, "2013"),
        ({"date-parts": [["2013"]]}, "2013"),
        ({"raw": "5 May 2013"}, "2013"),
        ("2013-05", "2013"),
        ({"date-parts": [[]]}, ""),
        ({"date-parts": []}, ""),
        ({"raw": "in press"}, ""),
        (None, ""),
    ],
)
def test_year(issued, year):
    assert references.year_of({"issued": issued}) == year


@pytest.mark.parametrize(
    ("item", "retracted"),
    [
        ({"title": "RETRACTED: A trial"}, True),
        ({"title": "Retracted Article: A trial"}, True),
        ({"title": "Retracted work and its readers"}, False),
        ({"title": "A", "custom": {"retracted": True}}, True),
        ({"title": "A", "custom": {"retracted": "no"}}, False),
    ],
)
def test_retracted(item, retracted):
    assert references.is_retracted(item) is retracted


def test_a_complete_reference_has_no_problems_and_no_doubts():
    assert references.problems(SALMHOFER) == []
    assert references.doubts(SALMHOFER) == []
    assert references.has_locator(SALMHOFER)


def test_problems_are_what_makes_a_reference_unusable():
    assert len(references.problems({})) == 2
    assert references.problems({"id": "1a", "title": "A"}) == [
        "The key “1a” cannot be cited: begin with a letter, then letters, digits and _ : . - only."
    ]
    assert references.problems({"id": "a"}) == ["Reference “a” has no title; add it."]
    assert len(references.problems("not a reference")) == 1


def test_doubts_are_what_is_missing_or_odd():
    odd = {"id": "a", "title": "A", "DOI": "x", "PMID": "0", "PMCID": "7", "URL": "http://x.org"}
    about = ("no year", "no journal", "DOI", "PMID", "PMCID", "https://")
    doubts = references.doubts(odd)
    assert len(doubts) == len(about)
    assert [word in doubt for word, doubt in zip(about, doubts, strict=True)] == [True] * 6


def test_duplicates_by_doi_pmid_and_title_with_year():
    items = [
        {"id": "a", "title": "One", "DOI": "10.1000/ABC", "issued": {"raw": "2010"}},
        {"id": "b", "title": "Two", "DOI": "doi:10.1000/abc", "PMID": "5"},
        {"id": "c", "title": "Three", "PMID": 5},
        {"id": "d", "title": "ONE!", "issued": {"raw": "2010"}},
        {"id": "e", "title": "One", "issued": {"raw": "2011"}},
    ]
    assert references.duplicates(items) == [("a", "b", "DOI"), ("b", "c", "PMID"), ("a", "d", "title and year")]


@given(st.dictionaries(st.sampled_from(FIELDS), VALUES))
def test_no_shape_breaks_the_formatter(item):
    shown = references.parts(item)
    assert all(isinstance(value, bool if name == "retracted" else str) for name, value in shown.items())
    for name in ("doi_url", "pmid_url", "url"):
        assert shown[name] == "" or shown[name].startswith("https://")
    references.vancouver(item).encode()
    assert all(isinstance(text, str) for text in references.problems(item) + references.doubts(item))
    assert len(references.duplicates([item, item])) <= 1


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (None, ""),
        (7, ""),
        ("  Plain\n words. ", "Plain words."),
        ("<jats:title>Aim</jats:title><jats:p>A &amp; B, p &lt; 0.05.</jats:p>", "Aim\n\nA & B, p < 0.05."),
        ("A dose < 5 mg and > 1 mg", "A dose < 5 mg and > 1 mg"),
        ("One.\n\nTwo.", "One.\n\nTwo."),
    ],
)
def test_an_abstract_is_plain_text(raw: object, text: str) -> None:
    assert references.abstract_of({"abstract": raw}) == text
