"""Portal files: the design's example loads as it stands, and every mistake is one sentence with file and key."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from crawler.config_error import ConfigError
from crawler.platforms.model import Profile
from crawler.portals.loader import list_portals, load_portal

HEAD = """
schema = 1
name = "样例市人民政府"
family = "trs-static"
base_url = "https://www.example.gov.cn/"
"""
DIRECTORY = """
[[directories]]
key = "nianbao"
name = "信息公开年度报告"
url = "/zwgk/nianbao/"
"""


def examples(shared: Path) -> list[str]:
    design = (shared / "DESIGN.md").read_text("utf-8")
    return re.findall(r"```toml\n(.*?)```", design, re.DOTALL)


def test_the_design_s_portal_file_loads_as_it_stands(shared: Path, write) -> None:
    portal = load_portal(write(examples(shared)[0], "shangqiu.toml"), None)
    assert (portal.id, portal.family, portal.region_code, portal.site_code) == (
        "shangqiu", "powereasy", "411400", "4114000001",
    )  # fmt: skip
    assert portal.http.delay == 1.0 and portal.schedule.revisit_budget == 200
    assert portal.directories[0].detail.body == [".content"]
    assert portal.eras[0].until == date(2021, 6, 30)


def test_the_design_s_profile_loads_as_it_stands(shared: Path) -> None:
    import tomllib

    profile = Profile.model_validate({**tomllib.loads(examples(shared)[1]), "family": "trs-static"})
    assert profile.listing.link == ["a::attr(href)"] and profile.listing.paging.suffix == "zero"


def test_defaults(write) -> None:
    portal = load_portal(write(HEAD + DIRECTORY), None)
    assert portal.hosts == ["www.example.gov.cn"] and portal.own_hosts == {"www.example.gov.cn"}
    assert portal.enabled is False and portal.verified_on is None
    assert (portal.http.delay, portal.http.timeout, portal.http.concurrency, portal.http.tls) == (
        1,
        60,
        1,
        "strict",
    )
    assert portal.http.allow_private_hosts is False
    directory = portal.directories[0]
    assert (directory.expect, directory.capped, directory.params) == ("entries", False, {})


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (HEAD + "colour = 1" + DIRECTORY, "colour is an unknown key: remove it"),
        (HEAD + DIRECTORY + "[http]\ndelai = 1", "http.delai is an unknown key"),
        (HEAD + DIRECTORY + "listing.row = ['li']", "directories.nianbao.listing.row is an unknown key"),
        (
            HEAD + DIRECTORY + "listing.paging.sufix = 'one'",
            "directories.nianbao.listing.paging.sufix is an unknown",
        ),
        (HEAD.replace("trs-static", "trs") + DIRECTORY, "family: family 'trs' is unknown: use one of"),
        (HEAD + DIRECTORY + "family = 'x'", "directories.nianbao.family: family 'x' is unknown"),
        (
            HEAD + DIRECTORY + "[[eras]]\nuntil = 2020-01-01\nfamily = 'x'",
            "eras.2020-01-01.family: family 'x'",
        ),
        (HEAD.replace('family = "trs-static"', "") + DIRECTORY, "family is missing: add it"),
        (HEAD.replace("https://", "gopher://") + DIRECTORY, "base_url has the address"),
        (
            HEAD.replace("https://www.example.gov.cn/", "www.example.gov.cn") + DIRECTORY,
            "base_url has the address",
        ),
        (
            HEAD.replace("www.example.gov.cn/", "www.example.gov.cn:abc/") + DIRECTORY,
            "base_url has the address",
        ),
        (HEAD.replace("schema = 1", "schema = 2") + DIRECTORY, "schema is not usable"),
        (
            HEAD + DIRECTORY.replace("/zwgk/nianbao/", "javascript:x()"),
            "directories.nianbao.url has the address",
        ),
        (HEAD + DIRECTORY.replace("/zwgk/nianbao/", "a b"), "directories.nianbao.url has the address"),
        (
            HEAD + DIRECTORY.replace("/zwgk/nianbao/", "http://[::1"),
            "directories.nianbao.url has the address",
        ),
        (HEAD + DIRECTORY.replace('url = "/zwgk/nianbao/"', ""), "has neither url nor params"),
        (HEAD + DIRECTORY.replace('"nianbao"', '"年报"'), "write a key in up to 80 letters"),
        (HEAD + DIRECTORY + DIRECTORY, "the directory key 'nianbao' twice"),
        (HEAD, r"has no \[\[directories\]\]"),
        (HEAD + DIRECTORY + "expect = 'many'", "directories.nianbao.expect is not usable"),
        (
            HEAD + DIRECTORY + "detail.body = ['div[']",
            r"directories.nianbao.detail has body 'div\[', which is not a CSS",
        ),
        (
            HEAD + DIRECTORY + "listing.rows = ['li >']",
            r"directories.nianbao.listing.rows.1 is not a CSS selector",
        ),
        (
            HEAD + DIRECTORY + "listing.link = 'a::atr(href)'",
            "directories.nianbao.listing.link.1 ends in something",
        ),
        (HEAD + DIRECTORY + "urls.document = ['(']", "directories.nianbao.urls.document.1 is not a regular"),
        (HEAD + DIRECTORY + "listing.fields = {indexnumber = 'b'}", "which is no field of the record"),
        (
            HEAD + DIRECTORY + "listing.paging.total = [{call = 'f', var = 'x'}]",
            "needs exactly one of call, var",
        ),
        (HEAD + DIRECTORY + "listing.paging.total = [{regex = '共页'}]", "has a regex without a group"),
        (HEAD + DIRECTORY + 'listing.headers = {A = "x\\r\\nB: y"}', "holds a line break"),
        (HEAD + DIRECTORY + "parent = 'zwgk'", "with parent 'zwgk'"),
        (HEAD + DIRECTORY + "[schedule]\nquiet_hours = ['8-18']", "schedule.quiet_hours.1 has '8-18'"),
        (HEAD + "hosts = ['https://x/']" + DIRECTORY, "hosts.1 names 'https://x/'"),
        (HEAD + "id = 'x'" + DIRECTORY, "id is an unknown key: remove it"),
        (HEAD + DIRECTORY + "[http]\ndelay = 'soon'", "http.delay is not usable"),
        (HEAD + DIRECTORY + "[[eras]]\nuntil = 'x'", "eras.1.until is not usable"),
        (
            HEAD + DIRECTORY + "[[eras]]\nuntil = 2020-01-01\n[[eras]]\nuntil = 2020-01-01",
            "the day '2020-01-01' twice",
        ),
        ("schema = ", "is not TOML"),
        (HEAD.encode("gbk"), "is not UTF-8"),
    ],
)
def test_every_mistake_is_one_sentence(write, text: str | bytes, sentence: str) -> None:
    file = write(text)
    with pytest.raises(ConfigError, match=sentence) as raised:
        load_portal(file, None)
    said = str(raised.value)
    assert said.startswith(f"{file}: ") and "\n" not in said


def test_more_mistakes_are_counted(write) -> None:
    with pytest.raises(ConfigError, match=r"\(and 1 more to mend\)"):
        load_portal(write(HEAD + "a = 1\nb = 2" + DIRECTORY), None)


def test_a_missing_file_and_a_missing_portal(tmp_path: Path, data) -> None:
    with pytest.raises(ConfigError, match="there is no such file"):
        load_portal(tmp_path / "x.toml", data)
    with pytest.raises(ConfigError, match="there is no portal 'atlantis': `gongkai portals list`"):
        load_portal("atlantis", data)
    for unsafe in ("../etc", "a/b", "A", "a b"):
        with pytest.raises(ConfigError):
            load_portal(unsafe, data)


@pytest.mark.parametrize("name", ["Ping Tan.toml", "平潭.toml", "A.toml", "-a.toml", ".toml"])
def test_the_file_s_name_has_to_be_an_id(write, name: str) -> None:
    with pytest.raises(ConfigError, match="rename the file"):
        load_portal(write(HEAD + DIRECTORY, name), None)


def test_a_user_s_file_goes_before_the_bundled_one(write, data) -> None:
    assert load_portal("shangqiu", data).name == "商丘市人民政府"
    write(HEAD + DIRECTORY, "shangqiu.toml")
    assert load_portal("shangqiu", data).name == "样例市人民政府"
    assert load_portal("shangqiu", None).name == "商丘市人民政府"


def test_one_broken_file_hides_no_other(write, data) -> None:
    write(HEAD + DIRECTORY, "good.toml")
    write("schema = ", "bad.toml")
    write("schema = ", "shangqiu.toml")
    known = list_portals(data)
    assert "good" in {portal.id for portal in known.portals}
    assert "shangqiu" not in {
        portal.id for portal in known.portals
    }  # what the user overrode is not quietly used
    assert [re.search(r"(\w+)\.toml", str(error)).group(1) for error in known.errors] == ["bad", "shangqiu"]


def test_bundled_portals_are_off_and_unverified() -> None:
    known = list_portals(None)
    assert known.portals and not known.errors
    for portal in known.portals:
        assert not portal.enabled and portal.verified_on is None
        assert portal.evidence and portal.evidence.startswith("§")


@pytest.mark.parametrize(
    ("detail", "said"),
    [
        ('title = ["h1::text"]', "leave out what follows ::"),
        ('labels = { "编码" = "number" }', "which names 'number', which is no field"),
        ('parts = [{ kind = "iframe", link = "iframe" }]', "end it in ::attr"),
        ('parts = [{ kind = "page", link = "iframe::attr(src)" }]', "kind"),
    ],
)
def test_a_detail_that_could_not_be_used_is_refused(tmp_path: Path, detail: str, said: str) -> None:
    file = tmp_path / "x.toml"
    file.write_text(HEAD + DIRECTORY + f"\n[detail]\n{detail}\n", encoding="utf-8")
    with pytest.raises(ConfigError, match=re.escape(said)):
        load_portal(file, None)
