"""Portal files of running sample portals, written where the commands look for the user's own."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from crawler.samples.data import data_folder
from crawler.samples.furniture import Template
from crawler.samples.server import SampleServer


def write_portal_files(server: SampleServer, folder: Path, *, delay: float = 0.0) -> list[str]:
    """Write one TOML file a sample portal into ``folder`` (created if missing) and return the portals' ids.

    ``delay`` is the seconds between two requests. The files allow private hosts: 127.0.0.1.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for portal_id in server.portal_ids:
        source = (data_folder() / portal_id / "portal.toml").read_text(encoding="utf-8")
        base_url = server.base_url(portal_id)
        values = {"base_url": base_url, "host": urlsplit(base_url).netloc, "delay": f"{delay:g}"}
        (folder / f"{portal_id}.toml").write_text(Template(source).render(values), encoding="utf-8")
    return server.portal_ids
