"""The HTML of a wording: what authors mean, and nothing that can run in a browser (G10)."""

from dataclasses import replace
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from articles.text.claims import claims
from articles.text.content import Content
from articles.text.markdown import ATTRIBUTES, CLASSES, TAGS, render
from articles.text.rendering import render_content

VOID = {"br", "hr"}
ALLOWED = {tag: ATTRIBUTES.get(tag, set()) | ({"class"} if tag in CLASSES else set()) for tag in TAGS}
WORDING = st.lists(
    st.sampled_from(
        [
            "**",
            "*",
            "_",
            "[",
            "](https://x.org)",
            "[@a]",
            "[@a; @b]",
            "[2]",
            "`",
            "```\n",
            "\n",
            "\n\n",
            "- ",
            "# ",
            "> ",
            "|a|b|\n|-|:-:|\n|1|2|\n",
            "5 mg. ",
            "Avoid. ",
            "Give ",
            "e.g. ",
            "<b>",
            "<script>",
            "&lt;",
            '"',
            "'",
            "\\",
            "1. ",
            "](javascript:x)",
            "  \n",
            "\t",
            "Then:\n\n",
            "<https://y.org>",
            "ABC ",
            "\ufffc",
            "\0",
            "é ",
        ]
    ),
    max_size=30,
).map("".join)


class Page(HTMLParser):
    """A parsed page: its tags with attributes, and whether each that opened was closed in order."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.open, self.well_formed, self.text = [], [], True, ""
        self.feed(html)
        self.close()
        self.well_formed = self.well_formed and not self.open

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.well_formed = False

    def handle_data(self, data):
        self.text += data

    def ids(self):
        return [attrs["id"] for _, attrs in self.tags if "id" in attrs]


def html(text, **options):
    return render(text, **({"numbers": {"a": 1, "b": 2}, "labels": {"a": "One", "b": "Two"}} | options))


def assert_harmless(page):
    for tag, attrs in page.tags:
        assert set(attrs) <= ALLOWED[tag], (tag, attrs)
        target = attrs.get("href", "https://")
        assert target.startswith(("https://", "mailto:", "#ref-")), target


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A *b* **c** `d`", "<p>A <em>b</em> <strong>c</strong> <code>d</code></p>\n"),
        ("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>\n"),
        ("3. a", '<ol start="3">\n<li>a</li>\n</ol>\n'),
        ("    not code", "<p>not code</p>\n"),
        ("[3] and [4,5]", "<p>[3] and [4,5]</p>\n"),
        ("x < y & z", "<p>x &lt; y &amp; z</p>\n"),
        (
            "![pic](https://x.org/p.png)",
            '<p>!<a href="https://x.org/p.png" rel="noopener noreferrer nofollow">pic</a></p>\n',
        ),
        ('[t](https://x.org "title")', '<p><a href="https://x.org" rel="noopener noreferrer nofollow">t</a></p>\n'),
        ("<a@b.org>", '<p><a href="mailto:a@b.org" rel="noopener noreferrer nofollow">a@b.org</a></p>\n'),
        ("[x](http://x.org)", "<p>[x](http://x.org)</p>\n"),
        ("[x](/admin) [y](#ref-1)", "<p>[x](/admin) [y](#ref-1)</p>\n"),
    ],
)
def test_markdown_becomes_html(text, expected):
    assert html(text) == expected


def test_a_citation_links_to_its_reference_and_has_a_name():
    assert html("x [@a; @b] [@a]") == (
        '<p>x&nbsp;<sup class="cite"><a href="#ref-1" id="cite-1-1" aria-label="Reference 1: One">[1]</a></sup>'
        '<sup class="cite"><a href="#ref-2" id="cite-2-1" aria-label="Reference 2: Two">[2]</a></sup>&nbsp;'
        '<sup class="cite"><a href="#ref-1" id="cite-1-2" aria-label="Reference 1: One">[1]</a></sup></p>\n'
    )


@pytest.mark.parametrize("space", [" ", "\n"])
def test_no_line_breaks_before_a_citation(space):
    assert html(f"Give 5 mg{space}[@a].").startswith('<p>Give 5 mg&nbsp;<sup class="cite">')


def test_a_citation_without_a_reference_shows_its_key():
    assert html("x [@nope]") == '<p>x&nbsp;<sup class="cite-missing">[@nope]</sup></p>\n'


def test_a_prefix_goes_before_every_id_and_link():
    page = Page(html("# H\n\nx [@a]", prefix="plain-"))
    assert page.ids() == ["plain-section-h", "plain-cite-1-1"]
    assert [attrs["href"] for tag, attrs in page.tags if tag == "a"] == ["#plain-ref-1"]


def test_headings_begin_at_h2_nest_without_gaps_and_have_ids_of_their_own():
    page = Page(html("### A\n\n##### B\n\n### A\n\n# ref-1\n\n###### !\n\n## Ω"))
    assert [(tag, attrs["id"]) for tag, attrs in page.tags] == [
        ("h2", "section-a"),
        ("h3", "section-b"),
        ("h2", "section-a--2"),
        ("h2", "section-ref-1"),
        ("h3", "section-part"),
        ("h3", "section-part--2"),
    ]


def test_tables_have_header_cells_and_are_aligned_by_class():
    page = Page(html("|a|b|c|\n|:-|-:|:-:|\n|1|2|3|"))
    cells = [(tag, attrs) for tag, attrs in page.tags if tag in {"th", "td"}]
    assert cells == [
        *[("th", {"class": f"align-{side}", "scope": "col"}) for side in ("left", "right", "center")],
        *[("td", {"class": f"align-{side}"}) for side in ("left", "right", "center")],
    ]
    assert "style" not in html("|a|\n|-:|\n|1|")
    assert page.tags[0] == ("div", {"class": "table-scroll", "role": "group", "tabindex": "0", "aria-label": "Table 1"})


@pytest.mark.parametrize(
    "attack",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<svg/onload=alert(1)>",
        "<iframe src='javascript:alert(1)'>",
        "<a href='javascript:alert(1)'>x</a>",
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "[x](&#106;avascript:alert(1))",
        "[x](java\tscript:alert(1))",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "[x](vbscript:x)",
        "[x](file:///etc/passwd)",
        "[x](//evil.org)",
        "<javascript:alert(1)>",
        "<data:text/html,x>",
        "![x](javascript:alert(1))",
        '![x](https://x.org/a.png"onerror="alert(1))',
        '[x](https://x.org "\\" onmouseover=alert(1) x=\\"")',
        '[x](https://x.org/"onmouseover="alert(1))',
        "[x](<https://x.org/' onclick='alert(1)>)",
        '``` "><script>alert(1)</script>\nx\n```',
        "```js onload=alert(1)\nx\n```",
        "`<script>alert(1)</script>`",
        "# <img src=x onerror=alert(1)>",
        "|<script>|\n|-|\n|<img src=x onerror=y>|",
        "&lt;script&gt;alert(1)&lt;/script&gt;",
        "&#60;script&#62;alert(1)&#60;/script&#62;",
        '[@a"><script>alert(1)</script>]',
        "<!-- --><script>alert(1)</script>",
        "<![CDATA[<script>alert(1)</script>]]>",
        "<?php echo 1 ?>",
        "<style>*{background:url(javascript:x)}</style>",
        "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
        '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
        "[a]: javascript:alert(1)\n\n[a]",
        "x\0<script>\0alert(1)</script>",
        "\ud800<script>",
        "<b>bold</b> <form action=/x><input name=y></form>",
    ],
)
def test_hostile_text_shows_as_text(attack):
    page = Page(html(attack, labels={"a": attack, "b": ""}, abbreviations={"x": attack}))
    assert_harmless(page)
    assert page.well_formed


def test_a_hostile_title_and_key_stay_inside_the_label():
    page = Page(html("[@a]", labels={"a": '"><script>alert(1)</script>'}))
    assert [tag for tag, _ in page.tags] == ["p", "sup", "a"]
    assert page.tags[2][1]["aria-label"] == 'Reference 1: "><script>alert(1)</script>'


@settings(max_examples=300)
@given(WORDING)
def test_nothing_but_allowed_tags_and_attributes_comes_out(text):
    page = Page(html(text, abbreviations={"ABC": "<i>long</i>"}))
    assert_harmless(page)
    assert page.well_formed


@settings(max_examples=300)
@given(WORDING)
def test_every_claim_is_marked_once_and_the_page_stays_well_formed(text):
    found = claims(Content(professional=text))
    page = Page(html(text, mark_claims=found))
    assert page.well_formed
    assert_harmless(page)
    marked = [attrs["data-claim"] for _, attrs in page.tags if attrs.get("class") == "claim"]
    assert marked == [claim.id for claim in found]
    assert len(set(page.ids())) == len(page.ids())
    bare = Page(html(text))
    assert page.text == bare.text


def test_sentences_list_items_rows_and_code_are_marked():
    text = "Give 5 mg. Fine day. **Avoid *it*.**\n\n- never\n\n|a|\n|-|\n|7|\n\n```\n5 mg\n```"
    found = claims(Content(professional=text))
    marked = [tag for tag, attrs in Page(html(text, mark_claims=found)).tags if attrs.get("class") == "claim"]
    assert marked == ["span", "span", "span", "tr", "code"]


def test_the_direct_answer_is_marked_as_a_whole():
    content = Content(direct_answer="Yes.\n\nWith care.")
    assert html(content.direct_answer, mark_claims=claims(content)).startswith('<div class="claim" id="claim-')
    assert html(content.direct_answer, mark_claims=claims(content)).count("claim-") == 1


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("In CKD and CKD.", "In chronic kidney disease (CKD) and CKD."),
        ("CKD is common. CKD stays.", "Chronic kidney disease (CKD) is common. CKD stays."),
        ("Fine day. CKD is common.", "Fine day. Chronic kidney disease (CKD) is common."),
        ("`CKD` [CKD](https://x.org) **CKD**", "CKD CKD chronic kidney disease (CKD)"),
        ("in chronic kidney disease (CKD) and CKD", "in chronic kidney disease (CKD) and CKD"),
        ("non-CKD CKDs aCKD", "non-CKD CKDs aCKD"),
        ("in CKD-MBD and CKD", "in bone disorder (CKD-MBD) and chronic kidney disease (CKD)"),
    ],
)
def test_students_read_the_first_use_written_out(text, shown):
    listed = {"CKD": "chronic kidney disease", "CKD-MBD": "bone disorder"}
    assert Page(html(text, abbreviations=listed)).text.strip() == shown


def test_each_section_writes_it_out_again_but_no_heading_does():
    text = "in CKD\n\n# CKD\n\nin CKD, CKD"
    shown = Page(html(text, abbreviations={"CKD": "long"})).text.split("\n")
    assert [line for line in shown if line] == ["in long (CKD)", "CKD", "in long (CKD), CKD"]


CONTENT = Content(
    question="May it be used? <b>",
    direct_answer="Yes [@second].",
    title="It may",
    professional="One [@first] and CKD. Two [@second; @first].",
    plain="You may [@first].",
    references=[
        {"id": "first", "title": "First"},
        {"id": "second", "title": "Second"},
        {"id": "unused", "title": "No"},
    ],
    abbreviations={"CKD": "chronic kidney disease"},
)


def test_each_wording_numbers_by_first_appearance_the_answer_first():
    pages = render_content(CONTENT)
    numbers = {
        audience: [(item["number"], item["key"], item["backlinks"]) for item in page["references"]]
        for audience, page in pages.items()
    }
    professional = [(1, "second", ["cite-1-1", "cite-1-2"]), (2, "first", ["cite-2-1", "cite-2-2"])]
    assert numbers == {
        "professional": professional,
        "student": professional,
        "plain": [(1, "second", ["cite-1-1"]), (2, "first", ["cite-2-1"])],
    }


def test_every_link_has_its_target_and_every_id_is_there_once():
    for page in render_content(CONTENT, mark_claims=claims(CONTENT)).values():
        parsed = Page(page["direct_answer"] + page["body"])
        references = [f"ref-{item['number']}" for item in page["references"]]
        assert {attrs["href"][1:] for tag, attrs in parsed.tags if tag == "a"} == set(references)
        backlinks = [link for item in page["references"] for link in item["backlinks"]]
        assert sorted(own for own in parsed.ids() if own.startswith("cite-")) == sorted(backlinks)
        assert len(set(parsed.ids())) == len(parsed.ids())


def test_question_and_title_are_text_and_only_students_get_expansions():
    pages = render_content(CONTENT)
    assert (pages["plain"]["question"], pages["plain"]["title"]) == ("May it be used? <b>", "It may")
    assert "chronic kidney disease (CKD)" in pages["student"]["body"]
    assert "chronic" not in pages["professional"]["body"]


def test_without_a_plain_wording_or_list_there_is_no_plain_page_and_students_read_the_same():
    pages = render_content(replace(CONTENT, plain=" \n", abbreviations={}))
    assert list(pages) == ["professional", "student"]
    assert pages["student"] == pages["professional"]
