"""Hanweb's directory tree: ``/module/xxgk/tree.jsp`` answers with a dTree whose nodes are ``funclick('A0212','名称')`` or
``loadDynamic('/module/xxgk/search.jsp?…','<divid>','<infotypeId>',…)`` (platforms.md §2b).
"""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import parse_qsl, urljoin, urlsplit

from crawler.discovery.node import Node

_TREE_PAGE = re.compile(r"""[^"'\s<>()]{0,300}/module/xxgk/(?:\w{0,20}tree)\.jsp\?[^"'\s<>()]{1,600}""", re.I)
_SEARCH = re.compile(r"""/module/xxgk/(?:search|subjectinfo|search_custom)\.jsp\?([^"'\s<>()]{1,800})""")
_NODE = re.compile(r"""funclick\(\s?\\?["'](\w{1,20})\\?["']\s?,\s?\\?["']([^"'\\<>]{1,80})\\?["']""")
_DYNAMIC = re.compile(
    r"""loadDynamic\(\s?["'](/module/xxgk/[^"']{1,800})["']\s?,\s?["'](\w{1,60})["']\s?,\s?["'](\w{0,20})["']"""
)
_INPUT = (
    r"""(?:["']?{name}["']?\s?[:=]\s?["']?|name=["']{name}["'][^<>]{{0,200}}?value=["'])([\w-]{{1,60}})"""
)
_COUNT = re.compile(r"[（(](\d{1,7})[)）]\s{0,5}$")
_ASKED = ("infotypeId", "jdid", "area", "divid")


def tree_addresses(text: str, url: str) -> list[str]:
    """Addresses of tree pages that a page names (frames, scripts), each once."""
    found = (urljoin(url, unescape(match)) for match in _TREE_PAGE.findall(text))
    return list(dict.fromkeys(found))


def shared_params(text: str, url: str) -> dict[str, str]:
    """What all columns of a page are asked with: ``area``, ``jdid`` and ``divid`` of its address, of the addresses of the
    list service that it names, or of its inputs.
    """
    params: dict[str, str] = {}
    sources = [urlsplit(url).query, *(unescape(found) for found in _SEARCH.findall(text)[:20])]
    for source in sources:
        for name, value in parse_qsl(source):
            key = {"vc_xxgkarea": "area", "webid": "jdid", "number": "infotypeId"}.get(name, name)
            if key in _ASKED[1:] and value:
                params.setdefault(key, value)
    for name in _ASKED[1:]:
        match = re.search(_INPUT.format(name=name), text)
        if name not in params and match:
            params[name] = match.group(1)
    return params


def dtree(text: str, url: str, shared: dict[str, str]) -> list[Node]:
    """The leaves of the tree in ``text``, which came from ``url``; ids nest by prefix (``A02`` holds ``A0212``).

    ``shared``: what the page that shows the tree asks with. Columns that the page loads by itself (``loadDynamic``)
    are nodes too.
    """
    names: dict[str, tuple[str, int | None]] = {}
    for code, name in _NODE.findall(text):
        said = _COUNT.search(name) or re.search(
            re.escape(name) + _COUNT.pattern.removesuffix(r"\s{0,5}$"), text
        )
        names.setdefault(code, (_COUNT.sub("", name).strip(), int(said.group(1)) if said else None))
    common = {**shared_params(text, url), **shared}
    nodes = []
    for code, (name, count) in names.items():
        if any(other != code and other.startswith(code) for other in names) or count == 0:
            continue
        above = max(
            (other for other in names if other != code and code.startswith(other)), key=len, default=None
        )
        parent = names[above][0] if above else None
        nodes.append(
            Node(
                name, params={"infotypeId": code, **common}, parent=parent, count=count, family="hanweb-xxgk"
            )
        )
    return nodes or _called(text, common)


def _called(text: str, common: dict[str, str]) -> list[Node]:
    """What the page's own calls of the list service list: ``loadDynamic``, or an address with an infotypeId."""
    nodes: dict[tuple[str, str], Node] = {}
    calls = [*_DYNAMIC.findall(text)[:50], *((found, "", "") for found in _SEARCH.findall(text)[:50])]
    for address, divid, code in calls:
        query = unescape(address).rpartition("?")[2]
        asked = {name: value for name, value in parse_qsl(query) if name in _ASKED}
        params = {
            **common,
            **asked,
            **({"divid": divid} if divid else {}),
            **({"infotypeId": code} if code else {}),
        }
        if params.get("infotypeId"):
            name = params["infotypeId"]
            nodes.setdefault((name, params.get("area", "")), Node(name, params=params, family="hanweb-xxgk"))
    return list(nodes.values())
