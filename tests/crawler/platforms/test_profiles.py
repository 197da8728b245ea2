"""Family profiles: all load, cite their evidence, and are recognised in the order of platforms.md §21."""

from __future__ import annotations

from pathlib import Path

import pytest

from crawler.config_error import ConfigError
from crawler.engines import ENGINES
from crawler.platforms.loader import families, load_profile, profiles
from crawler.platforms.recognise import recognise
from pipelines.decode import decode


@pytest.mark.parametrize("family", families())
def test_a_profile_names_its_engine_and_evidence(family: str) -> None:
    profile = load_profile(family)
    assert profile.engine in ENGINES and profile.family == family
    assert all(source.startswith("platforms.md §") for source in profile.evidence)
    assert profile.listing.rows or profile.engine in ("jpage_xml", "json_api")


def test_the_families_of_the_first_engines_are_there() -> None:
    assert set(families()) >= {
        "trs-static", "trs-igi", "ucap-static", "hanweb-jpage", "hanweb-xxgk", "powereasy", "powereasy-2009", "nfcms",
        "vsb", "epoint-static", "openness-content", "generic",
    }  # fmt: skip


def test_an_unknown_family_is_one_sentence() -> None:
    with pytest.raises(ConfigError, match=r"family 'trs' is unknown: use one of .*trs-static"):
        load_profile("trs")


def test_the_order_is_that_of_the_catalogue() -> None:
    order = [profile.family for profile in profiles()]
    tests = [
        "gkmlpt", "hanweb-xxgk", "hanweb-jpage", "openness-content", "epoint-static", "vsb", "ucap-static", "nfcms",
        "powereasy-2009", "powereasy", "trs-igi", "trs-static", "generic",
    ]  # fmt: skip
    assert [family for family in order if family in tests] == tests
    assert order[-1] == "generic"


@pytest.mark.parametrize(
    ("url", "html", "family"),
    [
        ("/zwgk/", '<script>createPageHTML(9, 0, "index", "html")</script>', "trs-static"),
        ("/zwgk/", "<script>createPageHTML('page_div', 9, 1, 'xlist', 'shtml', 89)</script>", "ucap-static"),
        (
            "/3300/3313/index_7401.htm",
            "<script>var m_nRecordCount = 3; createPageHTML(9, 0)</script>",
            "trs-igi",
        ),
        ("/col/col84025/index.html", "", "hanweb-jpage"),
        ("/col/col84025/index.html", "<script>'/module/xxgk/search.jsp?'</script>", "hanweb-xxgk"),
        (
            "/x/",
            "<ul><li><a href='http://gansu.chinatax.gov.cn/col/col9505/index.html'>x</a></li></ul>",
            "generic",
        ),
        ("/zwgk/wjk/", "<script>window.NFCMS_SITE_ID=2</script>", "nfcms"),
        ("/zcyzc.htm", '<script>_simple_list_gotopage_fun(31,"u13_goto",2)</script>', "vsb"),
        ("/govxxgk/X/031/govlist.html", "", "epoint-static"),
        ("/OpennessContent/showList/1/2/page_1.html", "", "openness-content"),
        ("/Government/PublicInfoList.aspx?ThemeId=2", "", "powereasy-2009"),
        (
            "/zwgk",
            "<input name='__RequestVerificationToken'><a href='/zwgk/content_22940'>x</a>",
            "powereasy",
        ),
        ("/zwgk", "<input name='__RequestVerificationToken'>", "generic"),
    ],
)
def test_signs(url: str, html: str, family: str) -> None:
    assert recognise("https://www.example.gov.cn" + url, html).family == family


def test_real_listings_are_recognised(shared: Path) -> None:
    for name, family in {
        "list/ucap_gansu_1.html": "ucap-static",
        "list/guangdong_gd_page.html": "nfcms",
        "list/handan_list.html": "trs-static",
        "list/hanweb_jpage_jiangsu_page_1.xml": "hanweb-jpage",
        "detail/hanweb_lishui.html": "hanweb-jpage",
        "gov/list-suzhou-area-public-resou-008.html": "epoint-static",
    }.items():
        text = decode((shared / "realpages" / name).read_bytes(), None).text
        assert recognise("https://www.example.gov.cn/", text).family == family, name
