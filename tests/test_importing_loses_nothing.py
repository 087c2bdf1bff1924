"""Whatever is pasted: nothing crashes, and every word is in the draft or named in its notes."""

import re
from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from articles.importing.imported import Imported, ImportRefused
from articles.importing.pasted import from_pasted

PIECES = st.sampled_from(
    """References|Research|Guideline|1.|[1]|• item|- item|# Head|**Bold**|Answer:|Question: why?|Yes.|It depends.|2013
    |Journal, 2015|Deen J, Schaider H. On zinc. Skin. 2016;5:1-2|healed.1|healed 1,2.|stage 3.|¹³|| a | b |---|===|```
    |> quoted|This answer is for education only.|Title here|doi:10.1000/1|https://a.b/c|Case report|Sources:|[x](y)
    |Healing — Wounds (2013)|PMID: 12|et al.|“Quoted”|Evidence|\t|  inner""".replace("\n    ", "").split("|")
)
TEXTS = st.one_of(
    st.text(max_size=300),
    st.lists(PIECES, max_size=25).map("\n".join),
    st.lists(st.one_of(PIECES, st.text(max_size=30)), max_size=20).map("\n".join),
    st.lists(PIECES, max_size=12).map(" ".join),
)
IGNORED = {"doi", "pmid", "pmcid", "https", "http", "org", "dx", "www", "pp", "and"}


def everything(imported: Imported) -> str:
    content = imported.content
    values = [content.question, content.title, content.direct_answer, content.professional, *imported.notes]
    return "\n".join([*values, *texts_in(content.references)])


def texts_in(value: object) -> list[str]:
    """Every text somewhere in a reference, names of fields aside."""
    if isinstance(value, dict):
        value = [inner for key, inner in value.items() if key not in ("id", "type")]
    return [text for inner in value for text in texts_in(inner)] if isinstance(value, list) else [str(value)]


def words(text: str) -> Counter[str]:
    text = re.sub("[\u200b\u2060\ufeff\u00ad]", "", re.sub("[⁰¹²³⁴⁵⁶⁷⁸⁹]", " ", text))
    return Counter(word for word in re.findall(r"[^\W\d_]+", text.casefold()) if word not in IGNORED)


def digits(text: str) -> Counter[str]:
    return Counter(re.findall("[0-9]", text.translate(str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789"))))


@settings(max_examples=400, deadline=None)
@given(TEXTS)
def test_nothing_crashes_and_no_word_is_lost(text: str):
    try:
        imported = from_pasted(text)
    except ImportRefused:
        return
    assert words(text) - words(everything(imported)) == Counter()
    if not re.search(r"(?i)reference|source|citation|literature|bibliography", text):
        assert digits(text) - digits(everything(imported)) == Counter()
    assert len({item["id"] for item in imported.content.references}) == len(imported.content.references)
    imported.content.sha256()
