"""Which addresses name a published article."""

from __future__ import annotations

import pytest

from core.errors import InvalidInput
from core.services.review_link import ReviewLinks

LINKS = ReviewLinks(["https://zhuanlan.zhihu.com", "http://127.0.0.1:8100"])


@pytest.mark.parametrize(
    "link",
    [
        "https://zhuanlan.zhihu.com/p/123",
        "http://zhuanlan.zhihu.com/p/123/",
        "https://ZHUANLAN.zhihu.com/p/123/edit?just_published=1#top",
        "http://127.0.0.1:8100/p/123",
    ],
)
def test_the_id_of_an_article_on_the_site(link: str) -> None:
    assert LINKS.remote_id(link, "zhihu") == "123"


@pytest.mark.parametrize(
    "link",
    [
        None,
        "",
        "https://zhuanlan.zhihu.com/people/123",
        "https://evil.example/p/123",
        "https://zhuanlan.zhihu.com.evil.example/p/123",
        "https://zhuanlan.zhihu.com@evil.example/p/123",
        "https://zhuanlan.zhihu.com:8443/p/123",
        "https://zhuanlan.zhihu.com:none/p/123",
        "ftp://zhuanlan.zhihu.com/p/123",
        "http://127.0.0.1:8101/p/123",
        "http://[x/p/1",
        "https://zhuanlan.zhihu.com/p/123?x=\nSet",
        "https://zhuanlan.zhihu.com/p/１２３",
        "https://zhuanlan.zhihu.com/p/" + "1" * 3000,
    ],
)
def test_nothing_else_names_one(link: str | None) -> None:
    with pytest.raises(InvalidInput, match="is not the address of an article"):
        LINKS.remote_id(link, "zhihu")
