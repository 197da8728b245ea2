"""Which lines of a body are the page's furniture (DESIGN §9).

Nothing is cut by a word alone: a line must be short and begin as furniture begins, and what a heading such as
标签 or 相关链接 takes with it ends at the first line that reads as text, names a file or closes a document.
"""

from __future__ import annotations

import re

from pipelines.attachments.filelinks import is_file_link, names_file
from pipelines.body.counters import is_counter
from pipelines.body.density import lists_file
from pipelines.body.furniture import (
    counts_comments,
    is_breadcrumb,
    is_credit,
    is_footer,
    is_info_bar,
    is_mark,
    may_open,
    opens_comments,
    opens_hot_list,
    opens_legal_notice,
    opens_related,
)
from pipelines.body.segments import Segments
from pipelines.body.titles import Titles

_HEAD_LINES = 12  # an info bar stands within so many lines of the top
_TEXT_ENOUGH = 60  # characters of a post
_SHORT_CREDIT = 20  # characters of 编辑：某某
_LINK_RUN = 3  # so many lines of links in a row are a list of other pages
_SIGNS = re.compile(
    r"附\s?[件表]|单位负责人|审核人|填报|签发|联系(?:人|电话)|抄送|[（(]?(?:19|20)\d\d年\d{1,2}月\d{1,2}日|二[〇○0]"
)


class Lines:
    """The lines of one body with what must be known to judge them."""

    def __init__(self, lines: Segments, mass: list[int], titles: Titles) -> None:
        self.lines = lines
        self.mass = mass
        self.titles = titles
        self.last_text = max((line for line, weight in enumerate(mass) if weight), default=-1)
        self.linked = [2 * link > chars for link, chars in zip(lines.link, lines.chars, strict=True)]
        self.files = {line for line, node in lines.links if is_file_link(node.get("href") or "")}
        self.files.update(line for line, text in enumerate(lines.text) if names_file(text))
        if self.files:  # a link to a page in a list of files is of that list
            self.files.update(
                line for line, linked in enumerate(self.linked) if linked and lists_file(lines, line)
            )
        self.controls = max(
            (line for node, tail, line in lines.pieces if tail and node.tag in ("textarea", "input", "form")),
            default=-1,
        )

    def is_title(self, line: int) -> bool:
        """Whether a line says the page's title again in an element for titles."""
        return self.titles.marks(self.lines, line)

    def is_real(self, line: int) -> bool:
        """Running text, a file or a signature: what ends a trim."""
        return self.mass[line] > 0 or line in self.files or _SIGNS.match(self.lines.text[line]) is not None


def furniture_lines(body: Lines, *, trusted: bool) -> dict[int, str]:
    """The numbers of the lines to take out, each with why; ``trusted`` when a profile named the container, which trims less."""
    count = len(body.lines.text)
    out = dict.fromkeys(_head(body), "title or bar above the text")
    out.update((number, "counter") for number, text in enumerate(body.lines.text) if is_counter(text))
    number = 0
    while number < count:
        if number in out or not _opens(body, number, trusted):
            number += 1
            continue
        stop = _section_end(body, number)
        out.update(dict.fromkeys(range(number, stop), f"furniture from “{body.lines.text[number][:20]}” on"))
        number = stop
    if not trusted:
        for number in _link_lists(body):
            out.setdefault(number, "list of links to other pages")
    return out


def _head(body: Lines) -> set[int]:
    text = body.lines.text
    last = -1
    for number in range(min(_HEAD_LINES, len(text))):
        if is_info_bar(text[number]) or is_breadcrumb(text[number]) or is_mark(text[number]):
            last = number
        elif (
            body.mass[number]
            and not body.is_title(number)
            and (len(text[number]) > 60 or text[number][-1] == "。")
        ):
            break
    out = {
        n
        for n in range(last + 1)
        if body.is_title(n) or is_info_bar(text[n]) or is_breadcrumb(text[n]) or is_mark(text[n])
    }
    for number in range(last + 1):
        if (
            body.titles.repeats(text[number])
            or (body.linked[number] and number not in body.files)
            or is_credit(text[number])
        ):
            out.add(number)
    if last + 1 < len(text) and body.is_title(last + 1):
        out.add(last + 1)
    return out


def _opens(body: Lines, number: int, trusted: bool) -> bool:
    text = body.lines.text[number]
    if not may_open(text):
        return False
    if is_mark(text) or opens_hot_list(text) or (body.linked[number] and opens_comments(text)):
        return True
    if opens_comments(text):
        return _is_comment_box(body, number)
    if _ends_post(body, number):
        return True
    if opens_related(text):
        return number not in body.files and not (number + 1 < len(body.mass) and number + 1 in body.files)
    if is_footer(text):
        return number >= body.last_text
    if trusted:
        return False
    if number * 2 <= len(body.mass):
        return False
    if opens_legal_notice(text):
        return True
    return is_credit(text) and (len(text) <= _SHORT_CREDIT or number >= body.last_text)


def _is_comment_box(body: Lines, number: int) -> bool:
    """The heading of a comment box and not of a chapter: it counts comments, or a form follows."""
    text = body.lines.text[number]
    return "条" in text or body.controls >= number or number >= body.last_text


def _ends_post(body: Lines, number: int) -> bool:
    """Whether a line closes the first of several posts, or opens what readers wrote: links, below a text."""
    return (
        body.linked[number]
        and counts_comments(body.lines.text[number])
        and sum(body.mass[:number]) >= _TEXT_ENOUGH
    )


def _section_end(body: Lines, number: int) -> int:
    text, count = body.lines.text, len(body.lines.text)
    if (opens_comments(text[number]) and not body.linked[number]) or opens_legal_notice(text[number]):
        return count
    if _ends_post(body, number):
        return count
    stop = number + 1
    if opens_hot_list(text[number]):
        while stop < count and body.linked[stop]:
            stop += 1
        return stop
    if opens_related(text[number]):
        # Entries of such lists are links with a date or a summary beside them.
        while stop < count and 4 * body.lines.link[stop] >= body.lines.chars[stop] and stop not in body.files:
            stop += 1
    while stop < count and not body.is_real(stop):
        follows = body.linked[stop] or is_mark(text[stop]) or is_info_bar(text[stop]) or len(text[stop]) <= 3
        if not follows or opens_comments(text[stop]) or _ends_post(body, stop):
            break
        stop += 1
    return stop


def _link_lists(body: Lines) -> set[int]:
    """Runs of lines that are links to other pages, and such lines below the last running text."""
    out: set[int] = set()
    run: list[int] = []
    count = len(body.linked)
    last_text = max((number for number in range(count) if body.mass[number]), default=count)
    for number in range(count + 1):
        if number < count and body.linked[number] and number not in body.files:
            run.append(number)
            continue
        if len(run) >= _LINK_RUN or (run and run[0] > last_text):
            out.update(run)
        run = []
    return out
