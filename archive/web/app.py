"""Datasette over one archive, set up as ``gongkai serve`` wants it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from datasette.app import Datasette
from datasette.plugins import pm

from archive.web import plugin

SETTINGS = {
    # One character of a word's middle reads a good part of the index: 0.3 s in 200,000 documents.
    "sql_time_limit_ms": 5000,
    "facet_time_limit_ms": 1000,
    "suggest_facets": False,
    "default_facet_size": 12,
    "default_page_size": 50,
    "truncate_cells_html": 120,
    "allow_download": False,
    "template_debug": False,
}


def make_datasette(database: Path, **settings: Any) -> Datasette:
    """Datasette on the archive file ``database``, which it opens read-only for each thread and never locks.

    Not as immutable: a crawl may be writing, and new commits must be seen. ``settings`` override ours.
    """
    # Without the package's entry point (a source tree on the path) nobody has registered it yet.
    if not pm.is_registered(plugin):
        pm.register(plugin, name="gongkai")
    # With rich installed Datasette prints a traceback with all variables for every page that is not found.
    pm.get_plugin("datasette.handle_exception").rich = None
    return Datasette([str(database)], settings=SETTINGS | settings)
