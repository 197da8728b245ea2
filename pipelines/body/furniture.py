"""Lines and elements that belong to the page and not to the document: share and print bars, counters, comment boxes.

Every pattern is anchored to the start of a short line: 分享, 评论 or 打印 inside a sentence is real text.
"""

from __future__ import annotations

import re

from lxml.etree import _Element

from pipelines.markup import class_text
from pipelines.remember import remembered

_LONGEST_BAR = 120
_LONGEST_MARK = 60
_LONGEST_FOOTER = 300

# One label and its value, as info bars string them together.
_INFO_LABEL = re.compile(
    r"(?:发布|公开|更新|编辑|录入|统计)?(?:时间|日期)\s?[:：]|(?:信息|文章|稿件)?来源\s?[:：]|稿源\s?[:：]|作者\s?[:：]|"
    r"发布(?:机构|单位|者|人)\s?[:：]|责任编辑\s?[:：]|编辑\s?[:：]|信息员\s?[:：]|审核\s?[:：]"
)
_CONTROL = re.compile(
    r"(?:浏览|点击|阅读|访问|查看|被阅)(?:次数|量|数|人次|统计)?\s?[:：]|(?:浏览|点击|阅读|访问)(?:次数|量)|字体\s?[:：]|字号\s?[:：]|"
    r"字体大小|\[?\s?大\s{0,2}\]?\s?[|\[]?\s{0,2}中\s{0,2}\]?\s?[|\[]?\s{0,2}小|小\s{1,2}中\s{1,2}大|视力保护|保护视力|打印本页|"
    r"打印本文|【打印】|【关闭】|\[打印\]|关闭窗口|分享到|收藏本|我要纠错|语音播报|朗读"
)
_MOMENT = re.compile(r"(?:19|20)\d\d\s?[-/.年]\s?\d{1,2}\s?[-/.月]\s?\d{1,2}")
_STAMP = re.compile(r"(?:19|20)\d\d[-/.]\d{1,2}[-/.]\d{1,2}")
_PUBLISHED = re.compile(r"[（(\[【]?\s?(?:发布|更新|公开|编辑|录入)(?:时间|日期)")
_CLOCK = re.compile(
    r"(?:19|20)\d\d\s?[-/.年]\s?\d{1,2}\s?[-/.月]\s?\d{1,2}\s?日?\s{0,3}\d{1,2}[:：时]\d{1,2}"
)
_BREADCRUMB = re.compile(
    r"[【\[]?(?:[您你]?(?:现在|当前|目前)?所?在?的?位置(?:是)?|您(?:现在|当前)?(?:所)?在(?:的位置)?)\s?[:：]"
)
_TRAIL = re.compile(r"(?:网站)?首\s{0,4}页\s?(?:>|＞|»|›|/|-|→|\|)")

_MARK = re.compile(
    r"[【\[（(「|\s]{0,3}(?:"
    r"上一(?:篇|条|页|则|主题)|下一(?:篇|条|页|则|主题)|前一篇|后一篇|"
    r"打\s?印(?:本页|本文|此页|页面|文章|该页|内容|预览|[】\])）\s|/]|$)|"
    r"关\s?闭(?:窗口|本页|页面|此页|[】\])）\s|/]|$)|返回(?:顶部|上级|列表|首页|上一页)|"
    r"(?:微信|手机|请)?扫一扫|扫描?(?:左侧|右侧|下方|上方)?二维码|用?手机(?:扫|打开|查看|浏览)|微信扫码|"
    r"分\s?享(?:到|至|给|本文|[:：]|[】\])）\s]|$)|一键分享|"
    r"(?:浏览|点击|阅读|访问|查看)(?:次数|量|数|人次|总数)\s?[:：\d]|您是(?:本页)?第|"
    r"字\s?体\s?[:：]|字\s?号\s?[:：]|视力保护|保护视力|"
    r"标\s?签\s?(?:[:：]|$)|tags?\s?[:：]|"
    r"验\s?证\s?码|看不清|换一张|"
    r"我要(?:纠错|评论|留言|收藏|推荐|分享)|(?:加入|添加)收藏|收藏(?:本页|本文|此页|[】\]\s]|$)|推荐给?(?:朋友|好友)|"
    r"第\s?\d{1,4}\s?页\s{0,3}[/／，,]?\s{0,3}共\s?\d{1,4}\s?页|广告$|"
    r"复制(?:本文|链接|网址)|转发到|保存(?:本页|页面|$)"
    r")",
    re.IGNORECASE,
)
_COMMENTS = re.compile(
    r"[【\[（(「\s]{0,3}(?:留言与评论|评论与留言|(?:网友|最新|热门|发表|全部|用户|读者|相关|精彩|文章)(?:的)?(?:评论|留言)|"
    r"评论(?:区|列表|$|\s?[（(:：]\s?\d?)|(?:已有|共有?)\s?\d{0,6}\s?(?:条|人|位|件|个)\s?(?:网友)?(?:评论|留言|参与)|暂无评论|我要(?:评论|留言))"
)
# Under a post of a blog or forum: its comments are counted, and the reader may write one.
_COUNTS_COMMENTS = re.compile(
    r"\d\s?(?:条|篇|个|则|次)?\s?(?:评论|回复|留言).{0,10}(?:发表|添加|我要|写|查看|参与)\s?(?:评论|回复|留言)"
)
_RELATED = re.compile(
    r"[【\[（(「\s]{0,3}(?:相关|推荐|延伸|热点|热门|更多|最新|猜你)(?:的)?(?:链接|新闻|阅读|稿件|文章|信息|报道|文档|内容|专题|文件|附件|政策|"
    r"解读|推荐|图片|喜欢)\s{0,2}(?:[】\])）」:：]|$|>|更多)"
)
_HOT = re.compile(
    r"[【\[（(「\s]{0,3}(?:(?:热门|热点|最新|推荐|最热)下载|下载排行)(?:排行|榜|列表)?\s{0,2}(?:[】\])）」:：\d>]|$)"
)
_CREDIT = re.compile(
    r"[【\[（(\s]{0,3}(?:责任编辑|责\s?编|编\s?辑|编辑人|文章来源|信息来源|来\s?源|稿\s?源|作者|撰稿|录入|本文(?:来源|网址|链接|地址)|"
    r"原文(?:链接|地址)|原标题|免责声明|版权声明|声明|转载请|特别声明|更多精彩|关键词|关键字|供稿单位|信息员)\s?[:：（(]|"
    r"[（(]\s?(?:责任)?(?:编辑|责编)|转载请注明|郑重声明[:：]|[（(]?本文(?:发表于|通告引用)"
)
_LEGAL = re.compile(r"(?:反侵权|侵权|版权|著作权|免责|法律|郑重)(?:公告|声明)\s?[:：]?\Z")
_FOOTER = re.compile(
    r"版权所有|copyright|all rights reserved|[^A-Za-z]ICP[备证]|公网安备|网站标识码|技术支持|网站地图|(?:IE|浏览器).{0,40}(?:浏览|效果)|"
    r"^(?:主办(?:单位)?|承办(?:单位)?|建议使用)[:：]?",
    re.IGNORECASE,
)
_NOTICE = re.compile(
    r"您?(?:访问|点击)的链接即将离开|您?即将离开|欢迎(?:访问|光临|您)|今天是|您好[，,]?\s?欢迎|无障碍"
)

# Exact class names and ids (widgets' own names included); never parts of words.
_FURNITURE_CLASSES = frozenset(
    [
        "share",
        "shares",
        "sharebox",
        "share-box",
        "share_box",
        "sharebar",
        "shareicon",
        "share-icon",
        "bdsharebuttonbox",
        "bdshare",
        "bdshare_b",
        "bdsharebox",
        "bshare-custom",
        "social-share",
        "jiathis_style",
        "jiathis_style_24x24",
        "jia_share",
        "gwds_more",
        "gwds",
        "print",
        "printbox",
        "print_box",
        "dayin",
        "qrcode",
        "qr-code",
        "qr_code",
        "ewm",
        "erweima",
        "ewmbox",
        "comment",
        "comments",
        "comment-list",
        "commentlist",
        "comment-box",
        "comment_box",
        "commentbox",
        "commentform",
        "pinglun",
        "respond",
        "captcha",
        "yzm",
        "breadcrumb",
        "breadcrumbs",
        "crumbs",
        "crumb",
        "dqwz",
        "weizhi",
        "position",
        "prevnext",
        "prev-next",
        "pagination",
        "pager",
        "ad",
        "ads",
        "adv",
        "advert",
        "advertisement",
        "adsbygoogle",
        "guanggao",
        "gg_box",
        "footer",
        "foot",
        "copyright",
        "toolbar",
        "toolbars",
        "hits",
        "counter",
        "tags",
        "taglist",
        "tag-list",
        "tag_list",
    ]
)


def is_furniture_element(element: _Element) -> bool:
    """Whether the element's own names or tag say that it is no part of a document."""
    if element.tag in ("nav", "footer"):
        return True
    return is_furniture_name(class_text(element))


@remembered
def is_furniture_name(names: str) -> bool:
    """Whether one of the class names and ids in ``names`` (lower case) is a widget's or a bar's."""
    return not _FURNITURE_CLASSES.isdisjoint(names.split())


def is_info_bar(text: str) -> bool:
    """A line of date, source, counter, font size: what stands under a title."""
    if len(text) > _LONGEST_BAR or "。" in text:
        return False
    labels = len(_INFO_LABEL.findall(text)) if ":" in text or "：" in text else 0
    controls = len(_CONTROL.findall(text))
    moment = _MOMENT.search(text) is not None
    if controls and (labels or moment or len(text) <= 40):
        return True
    if labels == 1:
        # 时间：2013年10月23日 may be that of a meeting; machines write 2013-10-23.
        return len(text) <= 60 and (
            _STAMP.search(text) is not None or (moment and _PUBLISHED.match(text) is not None)
        )
    return labels > 1 or _bare_moment(text)


def _bare_moment(text: str) -> bool:
    return len(text) <= 60 and "，" not in text and _CLOCK.search(text) is not None


def is_breadcrumb(text: str) -> bool:
    """``当前位置：首页 > …``."""
    return len(text) <= _LONGEST_BAR and bool(_BREADCRUMB.match(text) or _TRAIL.match(text))


def is_mark(text: str) -> bool:
    """A short line that begins as bars do: 上一篇, 打印, 扫一扫, 分享到, 浏览次数, 标签, 验证码 …"""
    if len(text) > _LONGEST_BAR:
        return False
    return _MARK.match(text) is not None and (len(text) <= _LONGEST_MARK or text.startswith(("上", "下")))


def opens_comments(text: str) -> bool:
    """The heading of a comment box."""
    return len(text) <= _LONGEST_MARK and _COMMENTS.match(text) is not None


def counts_comments(text: str) -> bool:
    """The line under a post that counts its comments and asks for another: what follows is by others, or another post."""
    return len(text) <= _LONGEST_BAR and _COUNTS_COMMENTS.search(text) is not None


def opens_related(text: str) -> bool:
    """The heading of a list of other pages."""
    return len(text) <= _LONGEST_MARK and _RELATED.match(text) is not None


def opens_hot_list(text: str) -> bool:
    """The heading, or an entry, of a list of what others download."""
    return len(text) <= _LONGEST_MARK and _HOT.match(text) is not None


def is_credit(text: str) -> bool:
    """Editor, source, disclaimer: under news articles."""
    return len(text) <= _LONGEST_BAR and _CREDIT.match(text) is not None


def opens_legal_notice(text: str) -> bool:
    """The heading over a publisher's notice of its rights."""
    return _LEGAL.match(text) is not None


def may_open(text: str) -> bool:
    """Whether a line could begin furniture of any kind, as few of a document's do."""
    return len(text) <= _LONGEST_FOOTER and _may_open(text)


@remembered
def _may_open(text: str) -> bool:
    return (
        is_mark(text)
        or opens_comments(text)
        or counts_comments(text)
        or opens_related(text)
        or opens_hot_list(text)
        or opens_legal_notice(text)
        or is_credit(text)
        or is_footer(text)
    )


def is_footer(text: str) -> bool:
    """Owner, record number, host: the foot of every page of a site; also what says that one leaves or enters it."""
    if len(text) > _LONGEST_FOOTER or "。" in text[:-1]:
        return False
    return _FOOTER.search(text) is not None or _NOTICE.match(text) is not None
