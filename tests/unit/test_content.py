"""Articles become HTML that the editor takes; what cannot be published is named."""

from __future__ import annotations

import re
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mdurl._decode import decode_cache
from mdurl._encode import encode_cache

from core.publishing.content import (
    MAX_CONTENT_LENGTH,
    MAX_DEPTH,
    _fill_tables_of_characters,
    check_title,
    check_topics,
    content_hash,
    render,
    text_of_html,
    visible,
)


def rendered(content: str, content_format: str = "markdown") -> str:
    """The HTML of an article without faults."""
    result = render(content, content_format)
    assert result.faults == ()
    return result.html


def reason(content: str, content_format: str = "markdown") -> str:
    """The one fault's sentence."""
    faults = render(content, content_format).faults
    assert len(faults) == 1, faults
    assert faults[0].remedy
    return str(faults[0])


@pytest.mark.parametrize(
    ("markdown", "html"),
    [
        ("正文**粗体**和*斜体*", "<p>正文<strong>粗体</strong>和<em>斜体</em></p>"),
        ("~~删~~ `a<b`", "<p><del>删</del> <code>a&lt;b</code></p>"),
        ("[链](https://e.x/?a=1&b=2)", '<p><a href="https://e.x/?a=1&amp;b=2">链</a></p>'),
        ("a\\\nb", "<p>a<br>b</p>"),
        ("> q\n>\n> r", "<blockquote>q<br>r</blockquote>"),
        ("```python\nx = '<'\n\n  y\n```", "<pre lang=\"python\">x = '&lt;'\n\n  y</pre>"),
        ("    indented", "<pre>indented</pre>"),
        ("a\n\n---\n\nb", "<p>a</p><hr><p>b</p>"),
        ("![图](https://e.x/a.png)后", '<figure><img src="https://e.x/a.png" alt="图"></figure><p>后</p>'),
        ("1. a\n2. b\n\nc", "<ol><li>a</li><li>b</li></ol><p>c</p>"),
        ("- a\n- b\n\n1. c", "<ul><li>a</li><li>b</li></ul><ol><li>c</li></ol>"),
        ("[目录](#kopf) x", "<p>目录 x</p>"),
        ("😀👨‍👩‍👧", "<p>😀👨‍👩‍👧</p>"),
    ],
)
def test_markdown_becomes_the_sites_dialect(markdown: str, html: str) -> None:
    assert rendered(markdown) == html


def test_headings_have_two_levels_from_the_articles_highest() -> None:
    assert rendered("# a\n\n## b\n\n### c") == "<h2>a</h2><h3>b</h3><h3>c</h3>"
    assert rendered("### b\n\n#### c") == "<h2>b</h2><h3>c</h3>"


def test_inner_lists_stand_beside_the_items() -> None:
    """Draft.js fuses an item with a list inside it, and takes the depth from a list inside a list."""
    html = rendered("- a\n  - b\n\n    more\n  - c\n    1. d\n- e")
    inner = "<ul><li>b<br>more</li><li>c</li><ol><li>d</li></ol></ul>"
    assert html == f"<ul><li>a</li>{inner}<li>e</li></ul>"


def test_a_table_keeps_rows_and_cells() -> None:
    html = rendered("|a|b|\n|-|-|\n|1|**2**|")
    assert html == (
        '<table data-draft-node="block" data-draft-type="table" data-size="normal"><tbody>'
        "<tr><th>a</th><th>b</th></tr><tr><td>1</td><td><strong>2</strong></td></tr></tbody></table>"
    )


def test_soft_breaks_vanish_between_chinese_and_are_spaces_elsewhere() -> None:
    assert rendered("中文\n续行\nabc\ndef") == "<p>中文续行 abc def</p>"


def test_text_lines_become_paragraphs_as_they_are() -> None:
    assert rendered("# 不是标题\n\n<b>&\n　　缩进", "text") == "<p># 不是标题</p><p>&lt;b&gt;&amp;</p><p>　　缩进</p>"


@pytest.mark.parametrize(
    ("html", "clean"),
    [
        ("<div>a<div>b</div>c</div>", "<p>a</p><p>b</p><p>c</p>"),
        ("<b><p>x</p><p>y</p></b>", "<p><strong>x</strong></p><p><strong>y</strong></p>"),
        ("<custom-tag>x</custom-tag> y", "<p>x y</p>"),
        ('<p class="a" style="color:red" id="b">x</p>', "<p>x</p>"),
        ("<ul>\n  <li>a</li>\n  <li><p>b</p><p>c</p></li>\n</ul>", "<ul><li>a</li><li>b<br>c</li></ul>"),
        ("<p>a</p>\n\n<p>\n b </p>", "<p>a</p><p>b</p>"),
        ("<p>x<br><br></p><p>&nbsp;</p><p></p>", "<p>x</p>"),
        ("<blockquote>q<ul><li>l</li></ul>r</blockquote>", None),
        ('<p>a<img src="//e.x/a.png">b</p>', '<p>a</p><figure><img src="//e.x/a.png" alt=""></figure><p>b</p>'),
        ("<!DOCTYPE html><html><head><title>T</title></head><body><p>x</p></body></html>", "<p>x</p>"),
        ("<dl><dt>t</dt><dd>d</dd></dl>", "<p>t</p><p>d</p>"),
        ("<h2>a <a href='https://e.x'>b</a></h2>", '<h2>a <a href="https://e.x">b</a></h2>'),
        ("a <!-- comment --> b", "<p>a b</p>"),
    ],
)
def test_html_is_cleaned_and_flattened(html: str, clean: str | None) -> None:
    expected = clean or "<blockquote>q</blockquote><ul><li>l</li></ul><blockquote>r</blockquote>"
    assert rendered(html, "html") == expected


def test_nested_tables_lose_their_walls_and_keep_their_text() -> None:
    html = rendered(
        "<table><tr><td>a<table><tr><td>b</td></tr></table></td><td><pre>x\ny</pre></td></tr></table>", "html"
    )
    assert "<td>a<br>b</td><td>x<br>y</td>" in html


@pytest.mark.parametrize(
    ("content", "content_format", "named"),
    [
        ("<script>alert(1)</script>", "html", "<script>"),
        ("text\n\n<script>alert(1)</script>", "markdown", "<script>"),
        ("x <iframe src='https://e.x'></iframe>", "markdown", "<iframe>"),
        ("<style>p{}</style><p>x</p>", "html", "<style>"),
        ("x <svg><path/></svg>", "html", "<svg>"),
        ("<p onclick='x()'>x</p>", "html", "onclick="),
        ("x <img src='https://e.x/a.png' onerror=alert(1)>", "markdown", "onerror="),
        ("<a href='javascript:alert(1)'>x</a>", "html", "javascript:"),
        ("<a href='java\nscript:alert(1)'>x</a>", "html", "javascript:"),
        ("<a href='&#106;avascript:alert(1)'>x</a>", "html", "javascript:"),
        ("[x](javascript:alert(1))", "markdown", "javascript:"),
        ("[x](<vbscript:a>)", "markdown", "vbscript:"),
        ("![x](data:image/png;base64,AAAA) text", "markdown", "data:"),
        ("![x](bild.png) text", "markdown", "bild.png"),
        ("[x](/relativ)", "markdown", "/relativ"),
        ("", "markdown", "empty"),
        (" \n\u200b\ufeff　", "text", "empty"),
        ("<p>&nbsp;</p>", "html", "no text"),
        ("---", "markdown", "no text"),
        ("x", "docx", "'docx'"),
        ("字" * (MAX_CONTENT_LENGTH + 1), "text", "200,001"),
        ("<div>" * (MAX_DEPTH + 1) + "字", "html", "201 deep"),
    ],
)
def test_what_cannot_be_published_is_named(content: str, content_format: str, named: str) -> None:
    assert named in reason(content, content_format)


def test_code_that_shows_a_script_is_fine() -> None:
    html = rendered("`<script>` und\n\n```html\n<script>alert(1)</script>\n```")
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    assert "<script" not in html


def test_every_fault_of_a_kind_is_named_once_and_few_in_all() -> None:
    content = "<script></script>" * 50 + "".join(f"<p on{chr(97 + i)}x='1'>x</p>" for i in range(26))
    faults = render(content, "html").faults
    assert len(faults) == len(set(faults)) == 20


def test_parts_that_close_themselves_are_not_deep() -> None:
    html = "<p>段<br>落<h2>题" * 500 + "<ul>" + "<li>点" * 500 + "<blockquote>引</blockquote>" * 500
    assert render(html, "html").faults == ()
    assert "字" in rendered("<div>" * MAX_DEPTH + "字" + "</div>" * MAX_DEPTH, "html")


@pytest.mark.parametrize(
    "content",
    ["<div>" * 39_900 + "x", "<a " * 60_000 + "x", "<" * 190_000, "[a" * 90_000, "> " * 90_000 + "x", "<b>" * 60_000],
)
def test_hostile_nesting_is_answered(content: str) -> None:
    """The test's own time limit is the assertion: html.parser alone would take hours for the first."""
    for content_format in ("markdown", "html"):
        render(content, content_format)


def test_twenty_thousand_characters_stay_whole_and_in_order() -> None:
    paragraphs = [f"第{n}段，" + "字" * 40 for n in range(450)]
    result = render("\n\n".join(paragraphs))
    assert result.text == "\n".join(paragraphs)
    assert result.text_length == sum(len(visible(paragraph)) for paragraph in paragraphs) > 19_000


def test_text_length_counts_characters_not_bytes_or_halves() -> None:
    assert render("a 中\n\n😀").text_length == 3


def test_hash_folds_white_space_but_no_words() -> None:
    assert content_hash("标 题", "a\nb") == content_hash("标题", "ab")
    assert content_hash("ab", "c") != content_hash("a", "bc")


def test_what_the_site_stores_reads_back_as_what_was_sent() -> None:
    result = render("# 标题\n\n正文 `a<b` & 😀\n\n- x\n  - y\n\n```\nc\n\nd\n```\n\n|a|b|\n|-|-|\n|1|2|")
    assert visible(text_of_html(result.html)) == visible(result.text)


@pytest.mark.parametrize(
    ("title", "named"),
    [
        ("", "empty"),
        (" \u200b ", "empty"),
        ("标" * 101, "101"),
        ("a\nb", "line break"),
        ("a\x00b", "control"),
        ("a\u2028b", "line break"),
    ],
)
def test_titles_that_cannot_be_used_are_named(title: str, named: str) -> None:
    assert named in str(check_title(title)[0])


@pytest.mark.parametrize("title", ["标" * 100, "😀" * 100, "a", "“引号” & <tag>", "x" * 100 + "\n"])
def test_titles_that_can_be_used(title: str) -> None:
    assert check_title(title) == []


def test_topics_are_few_and_short() -> None:
    assert check_topics(["Python", "编程", "写作"]) == []
    assert "4 topics" in str(check_topics(["a", "b", "c", "d"])[0])
    assert "empty" in str(check_topics([" "])[0])
    assert "limit" in str(check_topics(["x" * 51])[0])


ALLOWED = {
    "p", "h2", "h3", "ul", "ol", "li", "blockquote", "pre", "table", "tbody", "tr", "th", "td", "hr", "br", "figure",
    "img", "a", "strong", "em", "del", "u", "code", "sup", "sub",
}  # fmt: skip
PIECES = st.sampled_from([
    "<p>", "</p>", "<li>", "<ul>", "</ul>", "<b>", "</b>", "<blockquote>", "</td>", "<table><tr><td>", "<pre>",
    "</pre>", "text ", "<", "&", "<script>", "</a>", "<a href='https://e.x'>", "<img src=x onerror=y>", "中\n文",
    "<h1>", "</div>",
])  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(PIECES, max_size=30).map("".join), st.sampled_from(["html", "markdown", "text"]))
def test_whatever_comes_in_only_known_tags_come_out(content: str, content_format: str) -> None:
    result = render(content, content_format)
    assert set(re.findall(r"<(\w+)", result.html)) <= ALLOWED
    assert not re.search(r"<[^>]*\son\w+=", result.html)
    # Nothing between blocks but blocks, and the text is all there: reading it again gives the same.
    assert visible(text_of_html(result.html)) == visible(result.text)


def test_the_first_links_of_many_threads_are_whole() -> None:
    """The library of Markdown fills its tables of characters at the first link."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        for _ in range(30):
            encode_cache.clear()
            decode_cache.clear()
            _fill_tables_of_characters.cache_clear()
            start = threading.Barrier(8)

            def first_link(_number: int, start: threading.Barrier = start) -> str:
                start.wait(10)
                return render("[a](https://example.com/?b=c)", "markdown").html

            with ThreadPoolExecutor(8) as threads:
                assert set(threads.map(first_link, range(8))) == {'<p><a href="https://example.com/?b=c">a</a></p>'}
    finally:
        sys.setswitchinterval(usual)
