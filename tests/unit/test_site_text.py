"""How the practice site reads HTML as text and puts values into pages."""

from __future__ import annotations

import pytest

from tests.practice_site.html_text import text_length, text_of
from tests.practice_site.templates import Html, Templates, script_json


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>一 &amp; 二</p><h2>三</h2>", "一 & 二三"),
        ('<pre lang="python">a &lt; b\n  c</pre>', "a < b\n  c"),
        ('<figure><img src="x.png" alt="no"></figure>', ""),
        ("", ""),
    ],
)
def test_text_is_what_stands_between_the_tags(html: str, text: str) -> None:
    assert text_of(html) == text


def test_the_length_leaves_white_space_out_and_counts_an_emoji_once() -> None:
    assert text_length("<p>你 好\n</p><p>🎈 b</p>") == 4


def test_values_are_escaped_unless_they_are_html() -> None:
    page = Templates().render("topic_tag.html", name='<b>"')
    assert "&lt;b&gt;&quot;" in page
    assert "<i>x</i>" in Templates().render("topic_tag.html", name=Html("<i>x</i>"))


def test_a_missing_value_is_an_error() -> None:
    with pytest.raises(KeyError):
        Templates().render("topic_tag.html")


def test_no_text_can_end_the_script_it_is_put_into() -> None:
    assert "</script" not in script_json({"title": "</script><script>alert(1)</script>"})
