"""Listing engines: pure functions, a listing response in, entries and the next requests out (DESIGN §6)."""

from __future__ import annotations

from crawler.engines import html_in_json, jpage_xml, json_api, query_html, static_pages
from crawler.engines.base import Engine

ENGINES: dict[str, Engine] = {
    "static_pages": static_pages,
    "jpage_xml": jpage_xml,
    "query_html": query_html,
    "json_api": json_api,
    "html_in_json": html_in_json,
}
"""Engine modules by the name that profiles use."""
