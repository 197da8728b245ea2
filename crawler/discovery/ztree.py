"""UCAP's column tree ``/u/channel/treeNew/…`` (JSONP, platforms.md §5), and the zTree lists that pages carry in a script."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlencode, urljoin

from crawler.discovery.node import Node
from crawler.engines import links
from crawler.engines.base import ListingError
from crawler.engines.json_text import load

_CALL = re.compile(r"""["']([^"'\s<>]{0,200}/u/channel/treeNew/[\w-]{0,80}[^"'\s<>]{0,600})["']""")
_SETTINGS = (
    "level",
    "pid",
    "channelId",
    "catecode",
    "open",
    "target",
    "published_file_name",
    "template_name",
)
_SETTING = r"""["']?\b{name}["']?\s?[:=]\s?["']([^"'<>]{{0,600}})["']"""
_INLINE = re.compile(r"""\b(?:zNodes|treeNodes|zTreeNodes|treeData|nodes)\s?[:=]\s?(?=\[)""")
_PLACEHOLDER = re.compile(r"/null\.s?html?$")
MAX_NODES = 2000


def tree_address(text: str, url: str) -> str | None:
    """The tree's address that a page's script calls, its parameters filled from the script; None if it calls none."""
    found = _CALL.search(text)
    if found is None:
        return None
    address: str = found.group(1)
    if address.endswith("/"):
        project = re.search(r"""projectName\s?=\s?["']([\w-]{1,80})["']""", text)
        address += project.group(1) if project else ""
    if "?" not in address:
        asked = {}
        for name in _SETTINGS:
            match = re.search(_SETTING.format(name=name), text)
            if match is not None:
                asked[name] = match.group(1)
        address += "?" + urlencode({"level": "1", "pid": "", "open": "0", "target": "new", **asked})
    return urljoin(url, address)


def ztree(text: str, url: str) -> list[Node]:
    """The columns of a tree's answer, or of a page with a tree in its script; placeholders (``…/null.shtml``) are left out."""
    inline = _INLINE.search(text)
    try:
        value = load(text, _INLINE.pattern) if inline else load(text)
    except ListingError:
        return []
    return _nodes(value, url)


def _nodes(value: Any, url: str) -> list[Node]:
    nodes: list[Node] = []
    waiting = [value]
    while waiting and len(nodes) < MAX_NODES:
        item = waiting.pop(0)
        if isinstance(item, list):
            waiting[:0] = item
        elif isinstance(item, dict):
            node = _node(item, url)
            if node is not None:
                nodes.append(node)
            waiting[:0] = [inner for inner in item.values() if isinstance(inner, list | dict)]
    return nodes


def _node(item: dict[str, Any], url: str) -> Node | None:
    name = item.get("name") or item.get("displayName")
    raw = next(
        (
            item[key]
            for key in ("url", "iframeurl", "href", "path")
            if isinstance(item.get(key), str) and item[key]
        ),
        None,
    )
    if not isinstance(name, str) or raw is None or _PLACEHOLDER.search(raw):
        return None
    target = links.resolve(raw, url)
    return Node(" ".join(name.split()), target) if target is not None else None
