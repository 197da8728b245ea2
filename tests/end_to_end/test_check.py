"""``gongkai portals check`` as a user runs it: what it finds, what it says of trouble, its report and ``verified``."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from archive.web.labels import field_label
from crawler.samples.families import specification
from crawler.samples.families.site import FamilySite
from crawler.samples.portal_files import write_portal_files
from crawler.samples.server import SampleServer
from crawler.samples.wire import Request, Response

from .runner import Gongkai, portal_text
from .sites import LocalSite, page, trs_document, trs_listing, trs_path

PRIVATE = "allow_private_hosts = true"
NOW = "2026-06-01T02:00:00+08:00"
FAMILIES = ["gkmlpt", "hanweb-jpage", "hanweb-jpaas", "truecms", "epoint-api", "trs-irs", "ucap-json", "longxun", "vsb",
            "moj", "haidian", "trs-igs"]  # fmt: skip


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gongkai]:
    """The demo's sample portals, running."""
    gongkai = Gongkai(tmp_path_factory.mktemp("check") / "data")
    with SampleServer(crawl_delay=0) as server:
        write_portal_files(server, gongkai.data / "portals")
        yield gongkai


def test_a_good_portal_is_found_good_and_nothing_is_archived(sample: Gongkai) -> None:
    ran = sample("portals", "check", "wutongzhou", "--json", now=NOW)
    assert ran.code == 0, ran.err
    said = ran.json()
    assert said["ok"] and said["on"] == "2026-06-01" and said["report"] is None
    full = [directory for directory in said["directories"] if directory["expect"] != "empty"]
    assert len(full) > 2 and len(full) < len(said["directories"])
    for directory in full:
        listing = directory["listing"]
        assert (listing is None) == (directory["expect"] == "single")
        assert listing is None or listing["entries"] == listing["dated"] > 0, directory["key"]
        assert directory["document"]["title"] and directory["document"]["body_characters"], directory["key"]
    assert any(directory["listing"]["next"] for directory in full if directory["listing"])
    numbered = [item["key"] for item in full if "index_number" in item["document"]["fields"]]
    assert len(numbered) >= 3, numbered
    assert [path.name for path in sample.data.iterdir()] == ["portals"]


def test_directories_of_many_families_are_each_asked_by_their_own_engine(gongkai: Gongkai) -> None:
    samples = [specification.load(family) for family in FAMILIES]
    sites = [FamilySite(sample) for sample in samples]

    def answer(request: Request) -> Response | None:
        answers = (site.respond(request) for site in sites)
        return next((found for found in answers if found.status != 404), None)

    directories = []
    for sample in samples:
        first = sample.portal.split("[[directories]]")[1]
        directories.append(
            first.replace('key = "', f'family = "{sample.family}"\nkey = "{sample.family}-', 1)
        )
    with LocalSite(answer) as site:
        gongkai.portal("many", portal_text(site.base_url, "generic", *directories, http=PRIVATE))
        ran = gongkai("portals", "check", "many", "--json", now=NOW)
    assert ran.code == 0, ran.err
    found = {item["family"]: item for item in ran.json()["directories"]}
    assert set(found) == set(FAMILIES)
    for sample in samples:
        listing, document = (found[sample.family][part] for part in ("listing", "document"))
        assert listing["dated"] == listing["entries"] and listing["next"], sample.family
        assert document["fields"]["index_number"] in {paper.index_number for paper in sample.papers()}
        assert document["body_characters"] > 100


def test_the_table_shows_the_fields_in_chinese(sample: Gongkai) -> None:
    ran = sample("portals", "check", "qinghewan", now=NOW)
    assert ran.code == 0, ran.err
    for word in ("栏目", "下一页", "正文字数", "未见", field_label("index_number")):
        assert word in ran.out


def test_the_report_holds_nothing_that_a_page_says_and_sets_verified_on(
    sample: Gongkai, tmp_path: Path
) -> None:
    gongkai = sample.copy_to(tmp_path / "data")
    gongkai("init", "--contact", "somebody@example.org")
    file, report = gongkai.data / "portals" / "wutongzhou.toml", tmp_path / "report.json"
    file.write_text(file.read_text("utf-8") + "\n# 自己的注释\n", "utf-8")
    ran = gongkai("portals", "check", "wutongzhou", "--output", str(report), "--json", now=NOW)
    assert ran.code == 0, ran.err
    text = report.read_text("utf-8")
    for private in (
        "127.0.0.1",
        "http",
        "somebody",
        str(gongkai.data),
        *_values(ran.json()["directories"]),
    ):
        assert private not in text, private
    before = file.read_text("utf-8")
    assert gongkai("portals", "verified", str(report), now=NOW).code == 0
    after = file.read_text("utf-8")
    assert "verified_on = 2026-06-01" in after and after.replace("verified_on = 2026-06-01\n", "") == before
    rows = {row["id"]: row["verified_on"] for row in gongkai("portals", "list", "--json").json()}
    assert rows["wutongzhou"] == "2026-06-01" and rows["yunling"] is None
    assert "not before" in gongkai("portals", "verified", str(report), now=NOW).complained(1)
    file.write_text(after.replace('"powereasy"', '"generic"'), "utf-8")
    assert "has changed" in gongkai("portals", "verified", str(report), now=NOW).complained(1)


def _values(directories: list[dict[str, Any]]) -> Iterator[str]:
    for directory in directories:
        yield directory["name"]
        if directory["document"]:
            yield directory["document"]["title"]
            yield from (str(value) for value in directory["document"]["fields"].values())


def test_a_report_that_is_none_is_refused(gongkai: Gongkai, tmp_path: Path) -> None:
    file = tmp_path / "report.json"
    for text in ("", "[]", '{"gongkai_check": 1}', json.dumps({"gongkai_check": 1, "portal": "../x"})):
        file.write_text(text)
        assert str(file) in gongkai("portals", "verified", str(file)).complained(2)
    assert "there is no file" in gongkai("portals", "verified", str(tmp_path / "none.json")).complained(2)


def broken_portal() -> dict[str, Any]:
    """A site of which each directory is wrong in its own way."""
    full = {trs_path(number, "/good/"): f"第{number}件公告" for number in range(1, 4)}
    other = {f"https://other.example.cn/202601/t20260105_{n}.html": f"第{n}件" for n in range(1, 4)}
    undated = "".join(f'<li><a href="{href}">{title}</a></li>' for href, title in full.items())
    return {
        "/robots.txt": Response(b"User-agent: *\nDisallow: /forbidden/\n", 200, ()),
        "/good/": trs_listing(full, pages=1),
        "/refused/": Response(b"<html>no</html>", 403, ()),
        "/shell/": Response(b"<html><script>load('/x')</script><div id=a></div></html>", 200, ()),
        "/prose/": page("<p>本栏目正在建设中，敬请期待。</p>" * 100),
        "/family/": page('<ul><li><a href="/a/1.jsp">一件公告</a><span>2026-01-05</span></li></ul>'),
        "/offsite/": trs_listing(other),
        "/undated/": page(f"<ul>{undated}</ul><p>共3条</p>"),
        "/unending/": page(
            f'<ul><li><a href="{trs_path(9, "/good/")}">一件</a><span>2026-01-05</span></li></ul><p>共90条</p>'
        ),
        "/dead/": trs_listing([trs_path(404, "/dead/")]),
        "/bare/": trs_listing([trs_path(5, "/bare/")]),
        trs_path(5, "/bare/"): page("<h1>只有标题</h1>"),
        **{href: trs_document(number) for number, href in enumerate(full, 1)},
        trs_path(9, "/good/"): trs_document(9),
    }


EXPECTED = {
    "good": (True, set()),
    "forbidden": (False, {"robots"}),
    "gone": (False, {"http-404"}),
    "refused": (False, {"http-403"}),
    "shell": (False, {"javascript-shell"}),
    "prose": (False, {"no-entries"}),
    "family": (False, {"no-documents"}),
    "offsite": (False, {"all-offsite"}),
    "undated": (True, {"undated"}),
    "unending": (False, {"no-next-page"}),
    "dead": (False, {"document-http-404"}),
    "bare": (False, {"no-body", "no-index-number"}),
}


def test_each_trouble_is_named_and_says_what_to_do(gongkai: Gongkai, tmp_path: Path) -> None:
    directories = [f'key = "{key}"\nname = "{key}"\nurl = "/{key}/"' for key in EXPECTED]
    directories[list(EXPECTED).index("unending")] += '\nlisting.paging.suffix = "none"'
    with LocalSite(broken_portal()) as site:
        gongkai.portal("broken", portal_text(site.base_url, "trs-static", *directories, http=PRIVATE))
        ran = gongkai("portals", "check", "broken", "--json", "--output", str(tmp_path / "r.json"), now=NOW)
        asked = site.paths
    assert "trouble in" in ran.complained(1)
    assert not any(path.startswith("/forbidden") for path in asked)
    found = {item["key"]: item for item in ran.json()["directories"]}
    for key, (ok, codes) in EXPECTED.items():
        said = {trouble["code"] for trouble in found[key]["troubles"]}
        assert found[key]["ok"] is ok and codes <= said, (key, found[key]["troubles"])
        assert all(":" in trouble["text"] for trouble in found[key]["troubles"]), found[key]["troubles"]
    assert not {trouble["code"] for trouble in found["good"]["troubles"]} & {"no-date", "no-index-number"}
    refused = gongkai("portals", "verified", str(tmp_path / "r.json"), now=NOW).complained(1)
    assert "found trouble" in refused and "no-body" in refused


def test_a_challenge_ends_the_check(gongkai: Gongkai) -> None:
    challenge = Response(b"<html><script>document.cookie='__jsl_clearance_s=1'</script></html>", 521, ())
    directories = [f'key = "{key}"\nname = "{key}"\nurl = "/{key}/"' for key in "abc"]
    with LocalSite(lambda request: challenge if request.path != "/robots.txt" else None) as site:
        gongkai.portal("wall", portal_text(site.base_url, "trs-static", *directories, http=PRIVATE))
        sentence = gongkai("portals", "check", "wall", now=NOW).complained(1)
        assert site.paths == ["/robots.txt", "/a/"]
    assert "2 more directories were not asked for" in sentence and "challenge" in sentence


def test_bad_usage_is_one_sentence(gongkai: Gongkai) -> None:
    assert "no portal 'nowhere'" in gongkai("portals", "check", "nowhere").complained(2)
    assert "fdzdgknr" in gongkai("portals", "check", "shangqiu", "--directory", "x").complained(2)
    gongkai.portal("quiet", portal_text("http://127.0.0.1:9/", "generic", 'key = "a"\nname = "a"\nurl = "/"'))
    text = (gongkai.data / "portals" / "quiet.toml").read_text("utf-8")
    gongkai.portal("quiet", text.replace("[http]", '[schedule]\nquiet_hours = "00:00-05:00"\n[http]'))
    assert "quiet hours until 05:00" in gongkai("portals", "check", "quiet", now=NOW).complained(1)
