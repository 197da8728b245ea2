"""The files that a page attaches: links and embedded viewers, with the best name each is given (platforms.md §26)."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import islice

from lxml.etree import _Element

from archive.record import Attachment
from pipelines.attachments.filelinks import (
    DOCUMENTS,
    MEDIA_TYPES,
    PICTURES,
    extension_of,
    file_name_in,
    is_file_link,
    media_type_of,
    viewed_file,
)
from pipelines.body.find import Body
from pipelines.detail import Detail
from pipelines.markup import class_tokens, collapse, inline_text
from pipelines.page import Page
from pipelines.remember import remembered
from pipelines.select import matches

MOST = 500
_LONGEST_NAME = 255
_LONGEST_SCRIPT = 20_000
_CARRIERS = ("a", "iframe", "embed", "object")
_BLOCK_LEVELS = 4  # an attachment block is at most so far above its links
_BLOCK_WORD = re.compile(r"[【\[（(\s]{0,3}(?:相关|下载|文件|点击下载|正文)?附件")
_BLOCK_CLASS = re.compile(r"(?:attach|fujian|appendix|annex|enclosure)|(?:^|[-_])fj(?:$|[-_])")
# Texts of links that name nothing.
_NO_NAME = re.compile(
    r"[【\[（(]?(?:点击|点此|请点击|在线)?(?:此处|这里)?(?:文件|附件)?(?:下载|查看|打开|浏览|预览|阅读|链接|download|pdf下载)?(?:附件|文件)?[】\]）)]?\Z",
    re.IGNORECASE,
)
_QUOTED = re.compile(r"['\"]([^'\"\s<>]{1,2000})['\"]")
_WRITTEN_LINK = re.compile(
    r"href\s{0,5}=\s{0,5}\\?[\"']?([^\"'\\\s<>]{1,2000}+)\\?[\"']?[^<>]{0,500}+>([^<>]{0,300})<"
)
_FILE_PATH = re.compile(r"\"(filePath|fileName)\"\s{0,5}:\s{0,5}\"([^\"]{1,1000})\"")


@dataclass(slots=True)
class _Candidate:
    url: str
    names: list[str]


def find_attachments(
    page: Page, body: Body, detail: Detail, avoid: Collection[_Element] = ()
) -> list[Attachment]:
    """The page's attachments in document order, each address once.

    Inside the body every file link and embedded document counts; outside it only what ``detail.attachments``
    matches or what stands in a block that calls itself 附件. ``avoid`` (the metadata block) is not searched.
    """
    found: dict[str, _Candidate] = {}
    sources = [] if body.element is None else [_in_body(page, body.element)]
    if body.origin is not None:
        sources.append(_in_scripts(page, body.origin))
    sources.append(_by_selector(page, detail))
    sources.append(_in_blocks(page, body.origin, avoid))
    for source in sources:
        for candidate in source:
            key = candidate.url.partition("#")[0]
            if key in found:
                found[key].names.extend(candidate.names)
            elif len(found) < MOST and _is_fetchable(candidate.url):
                found[key] = candidate
    return [_attachment(candidate) for candidate in found.values()]


def _attachment(candidate: _Candidate) -> Attachment:
    name = _best_name(candidate)
    return Attachment(candidate.url, name, media_type_of(candidate.url, name))


def _best_name(candidate: _Candidate) -> str:
    """The first given name that names something; else the one in the address; else whatever the page says."""
    given = [name for name in map(collapse, candidate.names) if name]
    named = [name for name in given if not _NO_NAME.match(name) and not name.endswith(("...", "…"))]
    in_url = file_name_in(candidate.url)
    last = candidate.url.partition("?")[0].rstrip("/").rpartition("/")[2]
    return (named or ([in_url] if in_url else given) or [last])[0][:_LONGEST_NAME]


def _is_fetchable(url: str) -> bool:
    return url.startswith(("http://", "https://", "ftp://"))


def _in_body(page: Page, element: _Element) -> Iterator[_Candidate]:
    for node in element.iter(*_CARRIERS):
        yield from _candidates(page, node)


def _candidates(page: Page, node: _Element, *, any_link: bool = False) -> Iterator[_Candidate]:
    if node.tag == "a":
        yield from _link(page, node, any_link)
        return
    source = (node.get("src") or node.get("data") or "").strip()
    shown = viewed_file(source)
    if shown is not None:
        yield _Candidate(_address(page, shown), [node.get("title") or ""])
    elif is_file_link(source) and extension_of(file_name_in(source) or "") not in PICTURES:
        yield _Candidate(_address(page, source), [node.get("title") or ""])


def _link(page: Page, node: _Element, any_link: bool) -> Iterator[_Candidate]:
    href = (node.get("href") or "").strip()
    text = inline_text(node)
    names = [text, node.get("title") or "", node.get("download") or "", node.get("showname") or ""]
    if href.lower().startswith("javascript:") or href in ("", "#"):
        script = f"{href} {node.get('onclick') or ''}"[:4096]
        for quoted in _QUOTED.findall(script):
            if is_file_link(quoted):
                yield _Candidate(_address(page, quoted), names)
                return
        return
    shown = viewed_file(href) if "viewer" in href.lower() else None
    if shown is not None:
        yield _Candidate(_address(page, shown), names)
    elif any_link or is_file_link(href) or extension_of(text) in DOCUMENTS:
        picture = extension_of(file_name_in(href) or "") in PICTURES
        # A picture around a picture is its enlargement, and icons are no attachments.
        if not (picture and not text):
            yield _Candidate(_address(page, href), names)


def _address(page: Page, link: str) -> str:
    return page.absolute("".join(link.split("\n")).replace("\\", "/").strip())


def _by_selector(page: Page, detail: Detail) -> Iterator[_Candidate]:
    for node in matches(page.root, detail.attachments):
        if node.tag in _CARRIERS:
            yield from _candidates(page, node, any_link=True)
        else:
            yield from _in_body(page, node)


def _in_blocks(page: Page, origin: _Element | None, avoid: Collection[_Element]) -> Iterator[_Candidate]:
    leading = [
        node
        for node in page.root.iter(*_CARRIERS)
        if _may_lead_to_file(node.get("href") or _other_address(node))
    ]
    if not leading:
        return
    around = set() if origin is None else {origin, *origin.iterancestors()}
    searched = {node for part in (origin, *avoid) if part is not None for node in part.iter(*_CARRIERS)}
    known: dict[_Element, bool] = {}
    for node in leading:
        if node not in searched and _is_in_block(node, around, known):
            yield from _candidates(page, node)


def _other_address(node: _Element) -> str:
    return node.get("src") or node.get("data") or node.get("onclick") or ""


@remembered
def _may_lead_to_file(address: str) -> bool:
    return is_file_link(address) or _QUOTED.search(address) is not None


def _is_in_block(node: _Element, around: set[_Element], known: dict[_Element, bool]) -> bool:
    """Whether one of the nearest blocks around a link, none of them around the body, says that it holds attachments."""
    for block in islice(node.iterancestors(), _BLOCK_LEVELS):
        if block in around:
            return False
        if block not in known:
            known[block] = _is_block(block)
        if known[block]:
            return True
    return False


def _is_block(block: _Element) -> bool:
    if block.tag in ("body", "html"):
        return False
    if any(_BLOCK_CLASS.search(token) for token in class_tokens(block)):
        return True
    start = ""
    for text in islice(block.itertext(), 50):
        start += text.strip()
        if len(start) > 12:
            break
    return _BLOCK_WORD.match(start) is not None


def _in_scripts(page: Page, origin: _Element) -> Iterator[_Candidate]:
    """Links that scripts in the body write, and the file lists they hold as JSON; read, never run."""
    for script in origin.iter("script"):
        source = script.text or ""
        if "document.write" in source:
            for href, text in _WRITTEN_LINK.findall(source[:_LONGEST_SCRIPT]):
                if is_file_link(href):
                    yield _Candidate(_address(page, href), [text])
        if "filePath" in source:
            yield from _file_list(page, source)


def _file_list(page: Page, source: str) -> Iterator[_Candidate]:
    name = ""
    for key, value in _FILE_PATH.findall(source):
        if key == "fileName":
            name = value
        elif extension_of(value) in MEDIA_TYPES:
            yield _Candidate(_address(page, value.replace("\\/", "/")), [name])
            name = ""
