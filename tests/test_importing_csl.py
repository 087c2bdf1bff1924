"""CSL-JSON as it comes out of reference managers: checked, trimmed to what CSL knows, each item with its own key."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from articles.importing import csl
from articles.importing.csl_fields import FIELDS
from articles.importing.imported import ImportRefused
from articles.importing.names import person, persons, vancouver


def one(**fields: Any) -> dict[str, Any]:
    (item,) = csl.read(json.dumps({"title": "On iron", **fields}))
    return item


def reason(data: object) -> str:
    with pytest.raises(ImportRefused) as refused:
        csl.read(data if isinstance(data, str) else json.dumps(data))
    return str(refused.value)


def test_an_item_of_a_reference_manager():
    exported = [
        {
            "id": "http://zotero.org/users/1/items/ABC",
            "type": "article-journal",
            "title": "On <i>iron</i> &amp; zinc",
            "container-title": "Blood",
            "author": [{"family": "Deen", "given": "J", "ORCID": "0000"}, {"literal": "Iron Group"}],
            "issued": {"date-parts": [["2015", 3]]},
            "volume": 12,
            "page": "3-9",
            "DOI": "https://doi.org/10.1000/Iron",
            "note": "PMID: 23545520\nread twice",
            "citation-key": "whatever",
            "custom": {"kind": "guideline", "colour": "red"},
        }
    ]
    assert csl.read(json.dumps(exported)) == [
        {
            "id": "deen2015",
            "type": "article-journal",
            "title": "On iron & zinc",
            "container-title": "Blood",
            "author": [{"family": "Deen", "given": "J"}, {"literal": "Iron Group"}],
            "issued": {"date-parts": [[2015, 3]]},
            "volume": "12",
            "page": "3-9",
            "DOI": "10.1000/Iron",
            "PMID": "23545520",
            "note": "PMID: 23545520\nread twice",
            "custom": {"kind": "guideline"},
        }
    ]


def test_a_single_object_is_a_list_of_one():
    assert one(id="iron") == {"id": "iron", "title": "On iron", "type": "document", "custom": {"kind": "other"}}


def test_crossrefs_shapes_are_understood():
    item = one(title=["On iron"], type="journal-article", issued={"date-parts": [[None]]}, author=[{"name": "WHO"}])
    assert item == {
        "id": "who",
        "title": "On iron",
        "type": "article-journal",
        "author": [{"literal": "WHO"}],
        "custom": {"kind": "research"},
    }


def test_keys_are_kept_where_they_can_be_and_are_never_the_same():
    raw = [{"id": key, "title": "On iron"} for key in ("iron", "iron", "9", "a b", "", "ironb", 7)]
    keys = [item["id"] for item in csl.read(json.dumps(raw))]
    assert keys == ["iron", "ironc", "irond", "irone", "ironf", "ironb", "irong"]


@pytest.mark.parametrize(
    ("item", "taken", "key"),
    [
        ({"author": [{"family": "Deen"}], "issued": {"date-parts": [[2016]]}}, [], "deen2016"),
        ({"author": [{"family": "Deen"}], "issued": {"date-parts": [[2016]]}}, ["Deen2016"], "deen2016b"),
        ({"author": [{"family": "Müller-Öz"}]}, [], "mulleroz"),
        ({"author": [{"literal": "World Health Organization"}]}, [], "world"),
        ({"title": "The use of iron in 2015"}, [], "iron"),
        ({"title": "鉄剤", "issued": {"date-parts": [[2015]]}}, [], "ref2015"),
        ({}, ["ref", *(f"ref{letter}" for letter in "bcdefghijklmnopqrstuvwxyz")], "ref-27"),
    ],
)
def test_a_key_is_made_of_the_author_and_year(item: dict[str, Any], taken: list[str], key: str):
    assert csl.key_for(item, taken) == key


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ("", "Nothing was pasted."),
        ('[\n{"title": "a",}\n]', "line 2: This is not CSL-JSON"),
        ("[NaN]", "“NaN” is no JSON value"),
        ("[" * 100_000, "not CSL-JSON"),
        ("1" * 5000, "not CSL-JSON"),
        ([], "The list of references is empty."),
        (["a"], "Reference 1 is not a JSON object"),
        (7, "Reference 1 is not a JSON object"),
        ([{"title": "a"}, {"title": " "}], "Reference 2 has no title."),
        ([{"title": {"a": 1}}], "has a “title” that is not text"),
        ([{"title": True}], "has a “title” that is not text"),
        ([{"title": "a\u0000"}], "control character in “title”"),
        ([{"title": "a\ud800"}], "control character in “title”"),
        ([{"title": "a", "type": "blog"}], "has the type “blog”"),
        ([{"title": "a", "author": 5}], "not a list of names"),
        ([{"title": "a", "author": [{"ORCID": "1"}]}], "empty name in “author”"),
        ([{"title": "a", "issued": {"date-parts": 2015}}], "not a list of lists"),
        ([{"title": "a", "issued": {"date-parts": [[2015, 99]]}}], "impossible date in “issued”: 2015-99"),
        ([{"title": "a", "DOI": 'x"><script>'}], "has a DOI that is not one"),
        ([{"title": "a", "PMID": "0123"}], "has a PMID that is not one"),
        ([{"title": "a", "PMCID": "12"}], "has a PMCID that is not one"),
        ([{"title": "a", "URL": "javascript:alert(1)"}], "has a URL that is not one"),
        ([{"title": "a", "custom": {"kind": "blog"}}], "The kinds are research, guideline, label, other."),
        ([{"title": "a"}] * 501, "There are 501 references; at most 500"),
        ('[{"title": "' + "a" * 2_000_000 + '"}]', "larger than 2 MB"),
    ],
)
def test_what_is_wrong_is_said(data: object, words: str):
    assert words in reason(data)


def test_names_as_people_type_them():
    assert person("Deen J") == {"family": "Deen", "given": "J"}
    assert person("van der Berg AB") == {"family": "van der Berg", "given": "AB"}
    assert person("Deen, Jane") == {"family": "Deen", "given": "Jane"}
    assert person("Jane Deen") == {"literal": "Jane Deen"}
    assert persons("Deen, Jane; Iron Group") == [{"family": "Deen", "given": "Jane"}, {"literal": "Iron Group"}]
    assert vancouver("Deen J, Schaider H, et al.") == [
        {"family": "Deen", "given": "J"},
        {"family": "Schaider", "given": "H"},
        {"literal": "et al."},
    ]
    assert vancouver("Salmhofer et al.") == [{"family": "Salmhofer"}, {"literal": "et al."}]
    assert vancouver("Healing of wounds.") is None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(sorted(FIELDS)), inner, max_size=4),
    max_leaves=12,
)
FEW = ("author", "issued", "DOI", "custom", "type", "note", "volume")
ITEMS = st.lists(
    st.fixed_dictionaries({"title": st.text(min_size=1, max_size=9)}, optional=dict.fromkeys(FEW, JSON)), max_size=3
)


@settings(max_examples=400, deadline=None)
@given(st.one_of(JSON, ITEMS).map(json.dumps) | st.text(max_size=60))
def test_nothing_crashes_and_what_is_read_is_read_again_unchanged(text: str):
    try:
        items = csl.read(text)
    except ImportRefused:
        return
    assert csl.read(json.dumps(items)) == items
