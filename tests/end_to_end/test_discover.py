"""A portal file's `[discover]`: columns that the portal has, beyond those written down, are walked with them."""

from __future__ import annotations

from crawler.samples.families import specification
from crawler.samples.families.site import FamilySite

from .runner import Gongkai, portal_text
from .sites import LocalSite, page, trs_document, trs_listing, trs_path

FIRST, SECOND, LATER = "2026-06-01T02:00:00+08:00", "2026-06-02T02:00:00+08:00", "2026-07-05T02:00:00+08:00"
LINKS = '[discover]\nmethod = "links"\nurl = "/zwgk/"\n'


def links_site(*folders: str) -> dict[str, object]:
    """A section whose page links to columns of two documents each, and elsewhere."""
    links = "".join(f'<a href="/zwgk/{name}/">{name}</a>' for name in folders)
    answers = {"/zwgk/": page(f'{links}<a href="/xw/">动态</a><a href="/hd/">纪要</a>')}
    for number, name in enumerate(folders):
        paths = [trs_path(10 * number + n, f"/zwgk/{name}/") for n in (1, 2)]
        answers[f"/zwgk/{name}/"] = trs_listing(paths)
        answers |= {path: trs_document(10 * number + n) for n, path in enumerate(paths, 1)}
    return answers


def test_links_below_a_prefix_are_walked_beside_what_is_written_down(gongkai: Gongkai) -> None:
    with LocalSite(links_site("gsgg", "zcwj")) as site:
        written = 'key = "mine"\nname = "政策"\nurl = "/zwgk/zcwj/"'
        gongkai.portal(
            "p",
            portal_text(site.base_url, "trs-static", written, http="allow_private_hosts = true", more="")
            + LINKS,
        )
        assert gongkai("crawl", "p", now=FIRST).code == 0
        found = dict(gongkai.query("SELECT key, url FROM directories"))
        assert set(found.values()) == {"/zwgk/zcwj/", f"{site.base_url}zwgk/gsgg/"} and "mine" in found
        assert gongkai.count("documents") == 4 and gongkai.count("captures", "role = 'tree'") > 1
        ran = gongkai("backfill", "p", "--directory", "nosuch", now=FIRST)
        assert ran.code == 1 and "no directory 'nosuch'" in ran.out + ran.err
        (key,) = set(found) - {"mine"}
        assert gongkai("backfill", "p", "--directory", key, now=FIRST).code == 0
        asked = len(site.seen)
        assert gongkai("crawl", "p", "--revisit", "0", now=SECOND).code == 0
        assert len(site.seen) - asked <= 3  # robots.txt and two heads: looked for again with the next sweep
        assert "/hd/" not in site.paths and "/xw/" not in site.paths
    before = gongkai.rows("directories", without=("id", "cursor"))
    assert (
        gongkai(
            "rebuild", "--from", str(gongkai.data / "captures"), "--data", str(gongkai.data.parent / "again")
        ).code
        == 0
    )
    again = Gongkai(gongkai.data.parent / "again")
    assert {row["key"] for row in again.rows("directories")} == {row["key"] for row in before}
    assert again.count("entries") == gongkai.count("entries") == 4


def test_a_tree_that_does_not_answer_loses_no_directory(gongkai: Gongkai) -> None:
    answers = links_site("gsgg")
    with LocalSite(lambda request: answers.get(request.target)) as site:
        text = portal_text(site.base_url, "trs-static", http="allow_private_hosts = true") + LINKS
        gongkai.portal("p", text)
        assert gongkai("crawl", "p", now=FIRST).code == 0
        del answers["/zwgk/"]
        ran = gongkai("crawl", "p", "--revisit", "0", now=LATER)
        assert ran.code == 1 and "[discover]" in ran.out + ran.err
    assert gongkai.count("directories", "retired_at IS NULL") == 1
    assert gongkai.query("SELECT verdict FROM walks ORDER BY id DESC LIMIT 1") == [("complete",)]


def test_a_tree_is_read(gongkai: Gongkai) -> None:
    sample = specification.load("gkmlpt")
    with LocalSite(FamilySite(sample).respond) as site:
        text = portal_text(site.base_url, "gkmlpt", http="allow_private_hosts = true")
        gongkai.portal("p", f'{text}[discover]\nmethod = "config_tree"\nurl = "/gkmlpt/index"\n')
        ran = gongkai("crawl", "p", now=FIRST)
    assert ran.code == 0, ran.out[-2000:]
    found = {number for (number,) in gongkai.query("SELECT index_number FROM documents")}
    assert found == {paper.index_number for paper in sample.papers()}
