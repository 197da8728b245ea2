"""The directory trees that a page carries or calls, whatever their kind (platforms.md §2b, §4, §5)."""

from __future__ import annotations

from crawler.discovery.channel_list import channel_list, channel_list_address
from crawler.discovery.config_tree import config_tree
from crawler.discovery.dtree import dtree, shared_params, tree_addresses
from crawler.discovery.node import Node
from crawler.discovery.ztree import tree_address, ztree
from crawler.probing.asking import Asker
from crawler.probing.page import Seen

MOST_TREES = 4


async def trees(asker: Asker, seen: Seen) -> list[Node]:
    """The columns that the page's trees name; trees that lie elsewhere are asked for."""
    nodes = config_tree(seen.text, seen.url)
    if "/module/xxgk/" in seen.text or "vc_xxgkarea=" in seen.url:
        nodes += await _hanweb(asker, seen)
    address = tree_address(seen.text, seen.url)
    if address is not None:
        nodes += ztree(await _text(asker, address), address)
    elif "ztree" in seen.text.lower() or "zNodes" in seen.text:
        nodes += ztree(seen.text, seen.url)
    address = channel_list_address(seen.text, seen.url)
    if address is not None:
        nodes += channel_list(await _text(asker, address), address)
    return nodes


async def _hanweb(asker: Asker, seen: Seen) -> list[Node]:
    shared = shared_params(seen.text, seen.url)
    nodes: list[Node] = []
    for address in tree_addresses(seen.text, seen.url)[:MOST_TREES]:
        nodes += dtree(await _text(asker, address), address, {**shared, **shared_params("", address)})
    nodes = nodes or dtree(seen.text, seen.url, shared)
    if not nodes and shared.get("area"):
        nodes = [Node("信息公开目录", params=shared, family="hanweb-xxgk")]
    return nodes


async def _text(asker: Asker, address: str) -> str:
    seen = await asker.page(address)
    return seen.text if seen.ok else ""
