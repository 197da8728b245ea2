"""What HTML elements are to a reader: blocks, silent elements, links, and the text of a small element."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from lxml.etree import _Element, iterwalk

BLOCKS = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "br",
        "caption",
        "center",
        "col",
        "colgroup",
        "dd",
        "details",
        "dialog",
        "dir",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "frameset",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "html",
        "iframe",
        "legend",
        "li",
        "main",
        "menu",
        "nav",
        "ol",
        "optgroup",
        "p",
        "pre",
        "section",
        "summary",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "tr",
        "ul",
    ]
)
"""Elements at whose start and end a line ends (``br`` too)."""

SILENT = frozenset(
    [
        "script",
        "style",
        "template",
        "noscript",
        "head",
        "select",
        "option",
        "button",
        "textarea",
        "input",
        "object",
        "embed",
        "applet",
        "map",
        "canvas",
        "svg",
        "video",
        "audio",
        "iframe",
        "noframes",
        "title",
    ]
)
"""Elements whose text no reader of the page reads as text."""

GONE = "gone"
"""The tag of an element that was taken out but keeps its place; sanitising removes it."""


def collapse(text: str) -> str:
    """``text`` with each run of white space (U+3000 and no-break spaces too) as one space, none at the ends."""
    return " ".join(text.split())


def pieces(
    element: _Element, avoid: Collection[_Element] = (), *, nested_tables: bool = True
) -> Iterator[str]:
    """The text of ``element`` in document order, a space where a block begins or ends; its tail is left out.

    ``avoid`` are elements to leave out; ``nested_tables=False`` leaves out what stands in tables within it.
    """
    walker = iterwalk(element, events=("start", "end"))
    for event, node in walker:
        tag = node.tag
        if event == "start":
            if node is not element and (
                tag in SILENT or (tag == "table" and not nested_tables) or (avoid and node in avoid)
            ):
                walker.skip_subtree()
                continue
            if tag in BLOCKS:
                yield " "
            if node.text:
                yield node.text
        else:
            if tag in BLOCKS:
                yield " "
            if node is not element and node.tail:
                yield node.tail


def inline_text(element: _Element, *, nested_tables: bool = True) -> str:
    """The text of a small element (a cell, a link, a label) as one line, white space collapsed."""
    if not len(element):  # as nearly every cell is
        return collapse(element.text or "")
    return collapse("".join(pieces(element, nested_tables=nested_tables)))


def class_text(element: _Element) -> str:
    """The class names and the id of ``element``, lower case, with spaces between."""
    return f"{element.get('class') or ''} {element.get('id') or ''}".lower()


def class_tokens(element: _Element) -> list[str]:
    """The class names and the id of ``element``, lower case."""
    return class_text(element).split()


def is_hidden(element: _Element) -> bool:
    """Whether its own markup hides the element (``hidden``, ``display:none``)."""
    style = element.get("style")
    if style and "display" in style.lower() and "display:none" in "".join(style.lower().split()):
        return True
    return element.get("hidden") is not None


def drop(node: _Element) -> None:
    """Take ``node`` out of its tree; the text after it stays. Constant time, whatever stands around it.

    lxml's own ``drop_tree`` appends that text to the text before it, which is quadratic over many neighbours:
    where there is such a text an empty element keeps the place.
    """
    parent = node.getparent()
    if parent is None:
        return
    if node.tail is None or node.tail.isspace():
        parent.remove(node)
    else:
        node_is_block = node.tag in BLOCKS
        node.clear(keep_tail=True)
        node.tag = "div" if node_is_block else GONE
