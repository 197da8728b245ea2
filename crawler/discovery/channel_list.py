"""UCAP's channel lists: ``/getChannelList?channelCode=…`` and ``/common/getChannelList?…`` → ``results.children`` (platforms.md §5)."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urljoin

from crawler.discovery.node import Node
from crawler.engines import links
from crawler.engines.base import ListingError
from crawler.engines.json_text import load

_CALL = re.compile(r"""["']([^"'\s<>]{0,200}/getChannelList\?[^"'\s<>]{1,300})["']""")
MAX_DEPTH = 12


def channel_list_address(text: str, url: str) -> str | None:
    """The address of the channel list that a page's script calls; None if it calls none whole."""
    found = _CALL.search(text)
    return urljoin(url, found.group(1)) if found else None


def channel_list(text: str, url: str) -> list[Node]:
    """The lowest channels of an answer: by their address where it gives one, else by ``channelId``."""
    try:
        value = load(text)
    except ListingError:
        return []
    results = value.get("results", value.get("data")) if isinstance(value, dict) else value
    return _below(results, url, None, 0)


def _below(value: Any, url: str, parent: str | None, depth: int) -> list[Node]:
    if depth > MAX_DEPTH:
        return []
    if isinstance(value, list):
        return [node for item in value for node in _below(item, url, parent, depth + 1)]
    if not isinstance(value, dict):
        return []
    name = " ".join(
        str(value.get("displayName") or value.get("channelName") or value.get("name") or "").split()
    )
    children = value.get("children")
    if isinstance(children, list) and children:
        return _below(children, url, name or parent, depth + 1)
    target = links.resolve(str(value.get("url") or value.get("channelUrl") or ""), url)
    number = str(value.get("channelId") or "")
    if not name or not (target or number):
        return []
    if target is not None:
        return [Node(name, target, parent=parent)]
    return [Node(name, params={"channelId": number}, parent=parent, family="ucap-json")]
