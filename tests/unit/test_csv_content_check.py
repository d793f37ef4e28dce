"""The quick look at a body must never pass what rendering would refuse."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.publishing.content import render
from core.services.content_check import check_content

PIECES = st.sampled_from(
    [
        *"ab字 \n\n\n#>-*+_~`1.|\\!()[]<>:\"'&;=/?\t\x00",
        "[x](https://a.b/c)",
        "[x](https://a.b)",
        '[](https://a.b/ "',
        "![y](http://a.b/c.png)",
        "[r]: https://a.b/c",
        "](javascript:alert(1))",
        "[z](\n",
        "[m](mailto:a@b.c)",
        "&nbsp;",
        "&#106;avascript:",
        "<script>",
        "<br>",
        "<https://a.b>",
        "```",
        "\n```\n",
        "\n```x<b>\n",
        "\n````\n",
        "\n~~~\n",
        "\n- ```\n",
        "\n  ```\n",
        "\n    ```\n",
        "\n```  \n",
        "\r\n",
        "List<String>",
        "~~~ text\n",
        "    ",
        "---",
        "a|b\n-|-\n",
        "\u200b",
        "https://",
    ]
)


@settings(max_examples=1500, deadline=None)
@given(st.lists(PIECES, max_size=14).map("".join), st.sampled_from(["markdown", "text", "html"]))
def test_the_quick_look_agrees_with_rendering(content: str, content_format: str) -> None:
    assert check_content(content, content_format) == render(content, content_format).faults


FENCES = ["```", "````", "`````", "~~~", " ```", "   ```", "    ```", "\t```", "  \t```", "```  "]
NESTED = ["``` x", "~~~ x", "``` `", "- ```", "  ```", "> ```", "```<b>|", "~~~a|b", "-|-"]
CODE = ["<script>", "a <i onclick=x>", "[a](javascript:b)", "text", "", "- a"]
FINE = ["https://a.b/c", "http://a.b:80/", "HTTPS://a.b/", "https://a.b", "https://a.b/(c)", "https://a.b/ 'x'"]
ODD = ["https://[a/", "https://a℀b/", "https:///c", "javascript:a", "https:a", "mailto:a@b.c", "<https://a.b/>", ""]


@settings(max_examples=1500, deadline=None)
@given(st.lists(st.sampled_from(FENCES + NESTED + CODE), max_size=9).map("\n".join))
def test_code_hides_tags_exactly_as_long_as_its_fence_lasts(lines: str) -> None:
    content = f"a\n{lines}"
    assert check_content(content, "markdown") == render(content, "markdown").faults


@settings(max_examples=500, deadline=None)
@given(st.sampled_from(["[a]({})", "![a]({})", "[a]: {}", "[]({}", "[a](\n{})"]), st.sampled_from(FINE + ODD))
def test_addresses_of_links_and_pictures(link: str, target: str) -> None:
    for content in (f"a {link.format(target)}", f"{link.format(target)} a"):
        assert check_content(content, "markdown") == render(content, "markdown").faults


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "empty"),
        ("   \n\u200b", "empty"),
        ("---", "no text"),
        ("正文 <script>alert(1)</script>", "<script> is not allowed"),
        ("点 [这里](javascript:alert(1))", "javascript: addresses are not allowed"),
        ("字" * 200_001, "200,000 is the limit"),
    ],
)
def test_what_cannot_be_published_is_named(content: str, words: str) -> None:
    assert words in " ".join(map(str, check_content(content, "markdown")))


def test_a_usual_article_is_not_rendered(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(content: str, content_format: str) -> None:
        raise AssertionError("rendered")

    monkeypatch.setattr("core.services.content_check.render", refuse)
    article = "## 小标题\n\n- **一** [链接](https://example.com/a?b=c)\n\n> 引用\n\n```python\nprint('你好')\n```\n"
    assert check_content(article, "markdown") == ()
