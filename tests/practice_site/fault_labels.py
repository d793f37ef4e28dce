"""What each fault does, in the words of the page for people."""

from __future__ import annotations

from tests.practice_site.faults import Fault

FAULT_LABELS = {
    Fault.SESSION_EXPIRED: "登录失效：页面跳到登录页，接口返回 401",
    Fault.SESSION_EXPIRED_ON_WRITE_PAGE: "登录检查通过，写作页仍跳到登录页",
    Fault.SESSION_EXPIRED_AFTER_OPEN: "页面能打开，保存和发布返回 401",
    Fault.UNHUMAN_AT_OPEN: "打开写作页时要求安全验证",
    Fault.UNHUMAN_AT_PUBLISH: "发布时要求安全验证（403，40352）",
    Fault.UNHUMAN_HTML: "接口返回安全验证网页，而不是 JSON",
    Fault.REFUSED: "发布被拒：内容违规",
    Fault.RATE_LIMITED: "发布被拒：操作过于频繁",
    Fault.DAILY_LIMIT: "发布被拒：达到发布上限",
    Fault.SITE_BUSY: "全站 503：系统升级中",
    Fault.HTTP_ERROR: "返回指定的错误状态码（默认 500）",
    Fault.SLOW_REPLY: "每个回应晚若干秒",
    Fault.CONNECTION_CUT: "什么也没做就断开连接",
    Fault.AUTOSAVE_ERROR: "自动保存返回 500",
    Fault.AUTOSAVE_REPLY_LOST: "草稿已保存，回应丢失",
    Fault.AUTOSAVE_LOSES_TEXT: "保存成功，但只存下前一半正文",
    Fault.PUBLISH_DROPPED: "发布请求断开，文章没有发出",
    Fault.PUBLISH_REPLY_LOST: "文章已发出，回应丢失",
    Fault.PUBLISH_SLOW: "文章立即发出，回应晚若干秒",
    Fault.PUBLISH_LATE: "连接断开，若干秒后文章仍然发出",
    Fault.PUBLISH_NO_RECEIPT: "文章已发出，页面毫无反应",
    Fault.PUBLISH_BUTTON_RERENDERS: "按下即发出，按钮随即被换掉，页面像没发过",
    Fault.CONFIRM_DIALOG: "点击后弹出确认框",
    Fault.UNDER_REVIEW: "发出后审核若干秒，期间不公开、不进列表",
    Fault.LIST_LAGS: "文章若干秒后才进入列表",
    Fault.DRAFT_RECORD_LAGS: "发出后若干秒内，草稿接口仍说是草稿",
    Fault.IMAGE_LOST: "图片上传失败",
    Fault.RENAMED_SELECTORS: "页面改版：类名、提示和标签都换了",
    Fault.EDITOR_SLOW: "页面先空着，若干秒后才出现编辑器",
    Fault.PAGE_SLOW: "写作页晚若干秒才返回",
    Fault.PAGE_NEVER_FINISHES: "写作页可用，但永远加载不完",
    Fault.PAGE_HANGS: "写作页卡死，不响应任何操作",
    Fault.PAGE_CRASHES: "写作页耗尽内存，让浏览器标签页崩溃",
    Fault.SESSION_ROTATES: "每次打开写作页都换新的 z_c0",
}
