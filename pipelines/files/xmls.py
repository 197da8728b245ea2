"""XML of office files: read as a stream, without entities, doctypes or depth."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import IO

from lxml import etree
from lxml.etree import _Element

from pipelines.files.model import NoText
from pipelines.files.zips import Zip

_HEAD = 2048


def events(stream: IO[bytes], *, starts: bool = False) -> Iterator[tuple[str, str, _Element]]:
    """``(event, local name, element)`` of each element, when it ends (and, ``starts``, when it begins).

    No office format has a doctype: a file with one is refused. Who is done with an element calls :func:`forget`.
    """
    head = stream.peek(_HEAD)[:_HEAD] if isinstance(stream, io.BufferedReader) else b""
    if b"<!doctype" in head.replace(b"\0", b"").lower():
        raise NoText("failed", "the XML in the file has a DOCTYPE")
    wanted = ("start", "end") if starts else ("end",)
    try:
        for event, element in etree.iterparse(
            stream, events=wanted, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False,
            remove_comments=True, remove_pis=True,
        ):  # fmt: skip
            tag = element.tag
            yield event, tag.rpartition("}")[2] if isinstance(tag, str) else "", element
    except etree.XMLSyntaxError as error:
        said = error.msg
        if said == "unknown error":  # what libxml2 knows when its memory ends
            said = "or takes more memory than allowed"
        raise NoText("failed", f"the XML in the file is damaged ({said})") from error


def forget(element: _Element) -> None:
    """Free an element that is done with, and what stands before it."""
    element.clear(keep_tail=False)
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]


def root(archive: Zip, name: str) -> _Element:
    """The tree of a small part (a list of sheets, of pages, of relations)."""
    with archive.open(name) as stream:
        found = [element for _, _, element in events(stream)]
    if not found:
        raise NoText("failed", f"{name} is empty")
    return found[-1]


def attribute(element: _Element, name: str) -> str | None:
    """An attribute by its local name, whatever its namespace."""
    for key, value in element.attrib.items():
        if str(key).rpartition("}")[2] == name:
            return str(value)
    return None


def children(element: _Element, name: str) -> list[_Element]:
    """All elements below with this local name, in document order."""
    return [
        node for node in element.iter() if isinstance(node.tag, str) and node.tag.rpartition("}")[2] == name
    ]


def relations(archive: Zip, part: str) -> dict[str, str]:
    """Relation id → the name of the part that it leads to, for an Office Open XML part."""
    folder, _, file = part.rpartition("/")
    name = f"{folder}/_rels/{file}.rels"
    if not archive.has(name):
        return {}
    found = {}
    for node in children(root(archive, name), "Relationship"):
        target = node.get("Target") or ""
        found[node.get("Id") or ""] = resolve(folder, target)
    return found


def resolve(folder: str, target: str) -> str:
    """An entry's name from a path in a part of ``folder``; never above the root."""
    if target.startswith("/"):
        folder = ""
    parts: list[str] = []
    for step in f"{folder}/{target}".replace("\\", "/").split("/"):
        if step == "..":
            del parts[-1:]
        elif step not in ("", "."):
            parts.append(step)
    return "/".join(parts)
