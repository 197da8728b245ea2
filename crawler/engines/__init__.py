"""Listing engines: pure functions, a listing response in, entries and the next requests out (DESIGN §6)."""

from __future__ import annotations

from crawler.engines import jpage_xml, query_html, static_pages
from crawler.engines.base import Engine

ENGINES: dict[str, Engine] = {
    "static_pages": static_pages,
    "jpage_xml": jpage_xml,
    "query_html": query_html,
}
"""Engine modules by the name that profiles use."""
