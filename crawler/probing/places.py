"""What a probe's links and columns are to each other: which can be columns, which is the section, which say the same twice."""

from __future__ import annotations

import re
from dataclasses import replace
from urllib.parse import urlsplit

from archive.urls import host_of, url_key
from crawler.discovery.outgoing import Link
from crawler.engines.links import is_file
from crawler.platforms.model import Urls
from crawler.probing.asking import SameSite
from crawler.probing.columns import Column
from crawler.probing.names import by_name, by_path, known_names, promise
from crawler.probing.page import Seen, Site, origin
from crawler.probing.services import Way

OTHER_HOST = 90
"""What a link to another host of the same domain must promise: departments are portals of their own."""
_EMPTY_NAME = re.compile(
    r"^[\s>›»+.…\[\]【】]*(?:更多|查看更多|more|详细|进入|点击)?[\s>›»+.…\[\]【】]*$", re.I
)


def site_of(first: Seen, home: Seen) -> Site:
    """The portal as far as its first pages tell."""
    hosts = dict.fromkeys([host_of(home.url), host_of(first.url)])
    return Site(origin(home.url if home.ok else first.url), tuple(hosts))


def with_host(site: Site, url: str) -> Site:
    """The site with the host of a page that was opened as its own."""
    host = host_of(url)
    return site if host in site.hosts else replace(site, hosts=(*site.hosts, host))


def key_of(url: str) -> str:
    """Addresses that are one page have one key."""
    return url_key(url.partition("#")[0])


def names_of(trail: tuple[Link, ...]) -> tuple[str, ...]:
    """The names of the pages that led somewhere."""
    return tuple(link.name for link in trail if link.name)


def listable(link: Link, site: Site, score: int) -> bool:
    """Whether a link can be a column: on the portal's hosts, neither a file nor, by its form, a document."""
    try:
        host = host_of(link.url)
    except ValueError:
        return False
    if host not in site.hosts and (score < OTHER_HOST or host not in SameSite(site.base_url)):
        return False
    return not is_file(Urls(), link.url) and not known_names().document.search(link.url)


def is_organ(first: Seen, home: Seen) -> bool:
    """Whether an address lies below a folder that is another's than the home page's (``/yjzjj/gkmlpt/index``): the
    section does not begin the path, and the home page leads nowhere below that folder.
    """
    words = [word for word in urlsplit(first.url).path.split("/") if word]
    if len(words) < 2 or by_path(f"/{words[0]}") or by_path(first.url) < known_names().section:
        return False
    folder = f"/{words[0]}/"
    return not any(urlsplit(link.url).path.startswith(folder) for link in home.links)


def name_of(seen: Seen) -> str:
    """What a page calls itself: its column's name, else the first part of its title."""
    return seen.meta.get("ColumnName") or re.split(r"[-_|—–>]", seen.title)[0].strip()[:60]


def shown_name(name: str, seen: Seen) -> str:
    """The name of a column: its link's, unless that says nothing (更多)."""
    name = re.sub(r"\s?[（(]\d{1,7}[)）]$", "", name).strip()
    return (name if not _EMPTY_NAME.match(name) else name_of(seen)) or urlsplit(seen.url).path


def page_way(seen: Seen) -> Way:
    """A page that is itself the document; its family does not matter."""
    return Way("", seen.url)


def same_way(one: Column, other: Column) -> bool:
    """Whether two columns list the same: by address and params, or by what their first pages show and announce."""
    if one.single or other.single:
        return one.single == other.single and key_of(one.way.url or "") == key_of(other.way.url or "")
    if dict(one.way.params) == dict(other.way.params) and _full_key(one.way) == _full_key(other.way):
        return True
    if one.trial is None or other.trial is None or one.trial.total != other.trial.total:
        return False
    return _urls(one) == _urls(other) and one.trial.pages == other.trial.pages


def without_digests(columns: list[Column]) -> list[Column]:
    """The columns without pages that only show the first entries of several others."""
    kept = list(columns)
    for column in sorted(columns, key=lambda column: -_sharing(column, columns)):
        others = [other for other in kept if other is not column]
        listed = frozenset[str]().union(*map(_urls, others))
        paged = column.trial is not None and (column.trial.pages or 1) > 1
        if _urls(column) and not paged and _urls(column) <= listed and _sharing(column, others) > 1:
            kept = others
    return kept


def _sharing(column: Column, columns: list[Column]) -> int:
    """How many of the columns show an entry that this one shows too."""
    return sum(other is not column and bool(_urls(other) & _urls(column)) for other in columns)


def added(columns: list[Column], column: Column) -> list[Column]:
    """The columns with one more; of two that list the same the one deeper in the section is kept."""
    for at, other in enumerate(columns):
        if same_way(column, other):
            deeper = len(column.trail) > len(other.trail) and column.trial is not None
            return [*columns[:at], column, *columns[at + 1 :]] if deeper else columns
    return [*columns, column]


def section_of(columns: list[Column], opened: list[tuple[Link, Seen]]) -> Link | None:
    """The page that promises a disclosure section most, of those from which columns are reached."""
    best: tuple[tuple[int, int, int], Link] | None = None
    for link, seen in opened:
        if link.frame:
            continue
        targets = {key_of(target.url) for target in seen.links}
        names = {target.name for target in seen.links}
        reached = [column for column in columns if _reached(column, link, targets, names)]
        own = any(column.way.url and key_of(column.way.url) == key_of(seen.url) for column in columns)
        rank = (max(by_name(link.name), promise(link)), len(reached), -len(link.url))
        if (len(reached) > own or len(columns) == 1) and (best is None or rank > best[0]):
            best = rank, link
    return best[1] if best is not None else None


def _reached(column: Column, link: Link, targets: set[str], names: set[str]) -> bool:
    """Whether a page leads to a column: by its address, its name, or because it was on the way there."""
    at = key_of(column.way.url) if column.way.url else None
    return at in targets or column.name in names or link.name in column.trail


def _urls(column: Column) -> frozenset[str]:
    return frozenset(entry.url for entry in column.trial.entries) if column.trial else frozenset()


def _full_key(way: Way) -> str:
    url, _, fragment = (way.url or "").partition("#")
    return f"{url_key(url) if url else ''}#{fragment}"
