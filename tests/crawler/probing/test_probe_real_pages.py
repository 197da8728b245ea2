"""Pages that real portals sent: the first clue names their family, and pages of unknown systems give none."""

from __future__ import annotations

from pathlib import Path

import pytest

from crawler.probing.page import Seen
from crawler.probing.signs import clues
from pipelines.decode import decode

PAGES = {
    "list/handan_list.html": "trs-static",
    "list/hanweb_jpage_jiangsu_page_1.xml": "hanweb-jpage",
    "list/ucap_gansu_1.html": "ucap-static",
    "list/jiangxi_embedded_json_1.html": "hanweb-embedded",
    "list/guangdong_gd_page.html": "nfcms",
    "list/shanghai_wjw_htmlstr.js": "shanghai",
    "list/pingtan_list_zfxxgknb.fragment.html": "trs-static",
    "gov/list-cicpa-type-site-001.html": "trs-static",
    "gov/list-edu-sc-gov-cn-040.html": "ucap-static",
    "gov/news-fgw-zj-gov-cn-062.html": "hanweb-jpage",
    "gov/news-jyt-ah-gov-cn-064.html": "longxun",
    "gov/news-new-xafa-edu-cn-066.html": "vsb",
    "gov/news-www-bjdx-gov-cn-083.html": "eportal",
    "gov/news-www-miit-gov-cn-095.html": "hanweb-jpaas",
    "gov/news-www-sjz-gov-cn-116.html": "hebei-blocks",
    "gov/news-www-wlmq-gov-cn-118.html": "ilist",
    "gov/list-www-pds-gov-cn-097.html": None,
    "gov/news-www-henan-gov-cn-090.html": None,
}


@pytest.mark.parametrize("file", PAGES)
def test_a_real_page_speaks_for_its_family(shared: Path, file: str) -> None:
    body = (shared / "realpages" / file).read_bytes()
    address = "http://www.example.gov.cn/"  # the marks are the page's own; its address would tell more
    found = clues(Seen(address, address, 200, decode(body, None).text, body))
    assert (found[0].family if found else None) == PAGES[file]
    assert not found or found[0].evidence
