"""Body markup that may be shown anywhere: an allow-list of elements, absolute links, no script in any form."""

from __future__ import annotations

import copy
from collections.abc import Callable

import nh3
from lxml import etree
from lxml.etree import _Element

_TAGS = {
    "a",
    "abbr",
    "b",
    "blockquote",
    "br",
    "caption",
    "center",
    "cite",
    "code",
    "col",
    "colgroup",
    "dd",
    "del",
    "div",
    "dl",
    "dt",
    "em",
    "figcaption",
    "figure",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "i",
    "img",
    "ins",
    "li",
    "ol",
    "p",
    "pre",
    "q",
    "s",
    "small",
    "span",
    "strong",
    "sub",
    "sup",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "tr",
    "u",
    "ul",
}
_SPANS = {"colspan", "rowspan"}
_ATTRIBUTES = {
    "a": {"href", "title"},
    "img": {"src", "alt", "title", "width", "height"},
    "td": _SPANS,
    "th": _SPANS | {"scope"},
    "col": {"span"},
    "colgroup": {"span"},
    "ol": {"start", "type"},
}
_SCHEMES = {"http", "https", "mailto", "ftp"}
# Where pages that load pictures late keep the address.
_LATE_SOURCES = ("data-src", "data-original", "data-lazy-src", "_src", "oldsrc")
_LINKS = {"a": "href", "img": "src", "iframe": "src", "embed": "src", "object": "data"}
_CONTENT_GONE = {
    "script",
    "style",
    "template",
    "noscript",
    "select",
    "button",
    "textarea",
    "title",
    "svg",
    "iframe",
}
# Word and editors write these on every element; without them markup and cleaner have less to do.
_NEVER_KEPT = (
    "style",
    "class",
    "id",
    "align",
    "face",
    "color",
    "size",
    "valign",
    "bgcolor",
    "border",
)
_MANY = 20_000  # ampersands
_SPACE, _AMPERSAND = "\ufdd0", "\ufdd1"  # Unicode's noncharacters: no text has them
_CLEANER = nh3.Cleaner(
    tags=_TAGS,
    attributes=_ATTRIBUTES,
    clean_content_tags=_CONTENT_GONE,
    url_schemes=_SCHEMES,
    link_rel=None,
    strip_comments=True,
)


def absolutise(element: _Element, absolute: Callable[[str], str]) -> None:
    """Make the links and sources within ``element`` absolute, in place; late-loaded pictures get their address."""
    for node in element.iter("a", "img", "iframe", "embed", "object"):
        name = _LINKS[node.tag]
        value = image_source(node) if node.tag == "img" else (node.get(name) or "").strip()
        if value:
            node.set(name, _clean(absolute(value)))


def sanitised(element: _Element) -> str:
    """``element`` (links absolute) as HTML with only what readers need; in place it loses attributes that are never kept.

    Pictures stay references (``data:`` goes), links have http, https, mailto or ftp.
    """
    etree.strip_attributes(element, *_NEVER_KEPT)
    # The cleaner's time grows with the square of the no-break spaces and ampersands in one text: they go round it.
    markup = _markup(element)
    if markup.count("&amp;") > _MANY:
        element = copy.deepcopy(element)
        for node in element.iter():
            node.text, node.tail = (text and text.replace("&", _AMPERSAND) for text in (node.text, node.tail))
        return _cleaned(_markup(element)).replace(_AMPERSAND, "&amp;")
    return _cleaned(markup)


def _cleaned(markup: str) -> str:
    if "\xa0" not in markup:
        return _CLEANER.clean(markup).strip()
    markup = markup.replace(_SPACE, "").replace("\xa0", _SPACE)
    return _CLEANER.clean(markup).replace(_SPACE, "&nbsp;").strip()


def _markup(element: _Element) -> str:
    markup: str = etree.tostring(element, encoding="unicode", method="html", with_tail=False)
    return markup


def image_source(node: _Element) -> str | None:
    """The address of an ``img``: where it is loaded late, the real one; None without any or for inlined data."""
    for name in (*_LATE_SOURCES, "src"):
        value = (node.get(name) or "").strip()
        if value and not value.startswith(("data:", "javascript:", "file:", "about:")):
            return value
    return None


def _clean(url: str) -> str:
    # lxml refuses control characters in attributes; a link that has any is none.
    return url if url.isprintable() else "".join(character for character in url if character >= " ")
