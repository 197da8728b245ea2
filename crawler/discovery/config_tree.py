"""gkmlpt's directory tree: ``window._CONFIG = {… TREE: [{id, name, parent, post_count, jump_url, children}]}`` (platforms.md §4)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urljoin, urlsplit, urlunsplit

from crawler.discovery.node import Node
from crawler.engines import links
from crawler.engines.base import ListingError
from crawler.engines.json_text import load

_TREE = re.compile(r"""["']?\bTREE["']?\s?[:=]\s?(?=\[)""")
MAX_DEPTH = 12


def config_tree(text: str, url: str) -> list[Node]:
    """The columns of a gkmlpt page that came from ``url``; none where it has no tree.

    A column is ``…/gkmlpt/index#<id>``. Left out are parents that hold nothing beyond what their children hold, and
    columns whose ``post_count`` is 0. One with a ``jump_url`` lies elsewhere: its node leads there, without a family.
    """
    if _TREE.search(text) is None:
        return []
    try:
        tree = load(text, _TREE.pattern)
    except ListingError:
        return []
    return list(_nodes(tree, _index(url), None, 0)) if isinstance(tree, list) else []


def _index(url: str) -> str:
    """The platform's page below the same prefix as ``url``: organs have one of their own."""
    parts = urlsplit(url)
    prefix = parts.path.partition("/gkmlpt")[0] if "/gkmlpt" in parts.path else ""
    return urlunsplit((parts.scheme, parts.netloc, f"{prefix}/gkmlpt/index", "", ""))


def _nodes(tree: list[Any], index: str, parent: str | None, depth: int) -> Iterator[Node]:
    for item in tree:
        if not isinstance(item, dict) or depth > MAX_DEPTH:
            continue
        name = " ".join(str(item.get("name") or "").split())
        jump = str(item.get("jump_url") or "").strip()
        children = item["children"] if isinstance(item.get("children"), list) else []
        count = _number(item.get("post_count"))
        if jump:
            target = links.resolve(jump, urljoin(index, "/"))
            if target is not None:
                yield Node(name, target, parent=parent)
        elif (number := _number(item.get("id"))) is not None and _own(count, children):
            yield Node(name, f"{index}#{number}", parent=parent, count=count, family="gkmlpt")
        yield from _nodes(children, index, name, depth + 1)


def _own(count: int | None, children: list[Any]) -> bool:
    """Whether a column holds documents that none of its children holds, as far as the counts tell."""
    if not children:
        return count != 0
    below = [_number(child.get("post_count")) for child in children if isinstance(child, dict)]
    return count is not None and count > sum(number or 0 for number in below)


def _number(value: Any) -> int | None:
    text = str(value)
    return int(text) if value is not None and text.isdecimal() else None
