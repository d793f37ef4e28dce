"""What the Zhihu publisher knows of the site's pages: one table of selectors, one table of states.

When the site changes its pages, this is the file to mend. Sources: facts on the write page gathered from
public code, most of it of 2025 and 2026; the practice site is built to the same facts.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from core.errors import NeedsHuman, NeedsLogin, PublishError, Rejected, RetryLater, SiteBusy
from core.publishing.content import INVISIBLE

TOO_FAST_SECONDS: Final = 600.0
"""The site names no time when it says 操作过于频繁; ten minutes are what its users report to be enough."""
DAILY_LIMIT_SECONDS: Final = 6 * 3600.0
"""The site's day may end at any hour of ours: four tries a day find the new one soon enough."""
SITE_DOWN_SECONDS: Final = 60.0

SELECTORS: Final[dict[str, object]] = {
    "title": 'textarea[placeholder^="请输入标题"], .WriteIndex-titleInput textarea',
    "body": '.public-DraftEditor-content[contenteditable="true"]',
    "block": '[data-block="true"]',
    "wordCount": ".WriteIndex-statusBar",
    "saved": ".WriteIndex-status",
    "notice": ".Notification",
    "dialog": '[role="dialog"]',
    # By text, without zero-width characters. Exactly: the button 发布设置 stands before it in the page.
    "publish": "发布",
    "confirm": ["确认发布", "发布文章", "立即发布", "继续发布"],
    "settings": "发布设置",
    "cover": "input[type=file].UploadPicture-input",
    "coverDone": 'img[alt="封面图"]',
    "addTopic": "添加话题",
    "topicSearch": 'input[aria-label="搜索话题"]',
    "chosenTopic": ".Tag",
    "popover": ".Popover-content",
    "toColumn": 'label[for="PublishPanel-columnLabel-1"]',
    "columnChoice": ".ColumnSetting-ColumnSelector button[role=combobox]",
    "columnOption": ".Popover-content button, .Select-list > .Select-option",
    "card": ".CreationManage-CreationCard",
    # Requests of the page whose replies count.
    "publishRequest": r"^/api/(v4/content/publish|articles/\d+/publish)$",
    "topicRequest": r"^/api/autocomplete/topics$",
    "columnsRequest": r"^/api/v4/members/[^/]+/column-contributions$",
    "watched": r"^/api/(articles|v4/content/publish|uploaded_images|autocomplete/topics|v4/members/)",
    "invisible": INVISIBLE,
}
"""Handed to every script as its table."""

OWN_PICTURE_HOSTS: Final = ("zhimg.com", "zhihu.com")
"""A picture that lies there already need not be taken over."""
UNDER_REVIEW: Final = "审核中"
NOBODY: Final = "知乎用户"
"""The name that the site gives to visitors without a valid sign-in."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What a page or a reply shows. Status 0: unknown."""

    address: str = ""
    status: int = 0
    words: str = ""
    """What the site says about what was just asked of it: a notice, a dialog, a message in JSON."""
    page: str = ""
    """All the text of a page that is neither editor nor article."""
    code: int | None = None
    """The site's own error code, from an answer in JSON."""


@dataclass(frozen=True, slots=True)
class Signal:
    """One state of the site and its signs. Any of them is enough."""

    error: type[PublishError]
    reason: str
    address: str = ""
    words: str = ""
    statuses: tuple[int, ...] = ()
    codes: tuple[int, ...] = ()
    retry_after: float = 0
    is_about_article: bool = False
    """Such words count only as an answer: pages use them everywhere, as the hint in an empty field."""

    def fits(self, seen: Seen) -> bool:
        """Whether the site is in this state."""
        return bool(
            (self.address and re.search(self.address, seen.address))
            or self._said(seen)
            or seen.status in self.statuses
            or seen.code in self.codes
        )

    def to_error(self, seen: Seen) -> PublishError:
        """The error that carries this state's policy, in the site's own words where it said any."""
        said = self._said(seen)
        reason = f"{self.reason} The site says: {said}" if said else self.reason
        if issubclass(self.error, SiteBusy):
            return self.error(reason, self.retry_after)
        if issubclass(self.error, RetryLater):
            return self.error(reason, self.retry_after or None)
        return self.error(reason)

    def _said(self, seen: Seen) -> str:
        """The sentence that shows this state; empty when there is none."""
        for text in (seen.words, "" if self.is_about_article else seen.page):
            found = re.search(self.words, text) if self.words else None
            if found:
                return _sentence_around(text, found)
        return ""


SIGNALS: Final[tuple[Signal, ...]] = (
    Signal(
        NeedsHuman,
        "Zhihu asks for a human check. Open the site as this account, answer it, then retry.",
        address=r"/account/(unhuman|risk_control)",
        words="安全验证|请完成验证|滑块|开始验证|网络环境存在异常|请您登录后查看更多专业优质内容",
        codes=(40352, 40353, 40362, 10001, 10003),
    ),
    Signal(
        NeedsLogin,
        "Zhihu no longer knows this account. Sign in again and hand in fresh cookies.",
        address=r"/signin(\?|$)",
        statuses=(401,),
    ),
    Signal(
        SiteBusy,
        "Zhihu asks this account to slow down.",
        words="操作过于频繁",
        statuses=(429,),
        retry_after=TOO_FAST_SECONDS,
    ),
    Signal(
        SiteBusy,
        "This account has reached Zhihu's limit for today.",
        words="达到发布上限|发布上限|次数上限",
        retry_after=DAILY_LIMIT_SECONDS,
    ),
    Signal(
        RetryLater,
        "Zhihu is busy.",
        words="系统升级中|维护中|稍后再试|服务器开小差",
        statuses=tuple(range(500, 600)),
        retry_after=SITE_DOWN_SECONDS,
    ),
    Signal(RetryLater, "Zhihu did not take a picture.", words="上传失败|重新上传", is_about_article=True),
    Signal(
        Rejected, "Zhihu does not take a picture of this article.", words="图片过大|格式不支持", is_about_article=True
    ),
    Signal(
        Rejected,
        "Zhihu refuses this article.",
        words="违规|发布失败|标题不能为空|请输入正文|不支持开启送礼物|请选择",
        is_about_article=True,
    ),
    # Last: a 403 without a known word is the site's way of doubting the visitor, as is HTML instead of JSON.
    Signal(
        NeedsHuman,
        "Zhihu refuses to answer this account, as it does before a human check. Open the site and look.",
        statuses=(403,),
    ),
)
"""The states of the site, the most telling first."""

PAGE_TABLE: Final[dict[str, object]] = {
    **SELECTORS,
    "troubleAddress": "|".join(signal.address for signal in SIGNALS if signal.address),
    "troubleNotices": "|".join(signal.words for signal in SIGNALS if signal.words),
    "troublePages": "|".join(signal.words for signal in SIGNALS if signal.words and not signal.is_about_article),
}


def error_for(seen: Seen) -> PublishError | None:
    """The error for what was seen; None when it shows no known trouble."""
    return next((signal.to_error(seen) for signal in SIGNALS if signal.fits(seen)), None)


def _sentence_around(words: str, found: re.Match[str]) -> str:
    start = max(words.rfind(mark, 0, found.start()) for mark in "\n。") + 1
    return words[start : found.end() + 60].split("\n", 1)[0].strip()[:120]
