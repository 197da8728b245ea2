"""Directory trees: gkmlpt's config, Hanweb's dTree, UCAP's zTree and channel list (platforms.md §2b, §4, §5)."""

from __future__ import annotations

import json

from crawler.discovery.channel_list import channel_list, channel_list_address
from crawler.discovery.config_tree import config_tree
from crawler.discovery.dtree import dtree, shared_params, tree_addresses
from crawler.discovery.ztree import tree_address, ztree

ORGAN = "http://www.haibin.example.gov.cn/yjzjj/gkmlpt/index"


def config(*nodes: dict[str, object]) -> str:
    """A gkmlpt page with this tree; the keys around it are not JSON."""
    return f"<script>window._CONFIG = {{SID: '755041', TREE: {json.dumps(list(nodes), ensure_ascii=False)}, AREA: 7}};</script>"


def test_config_tree_leads_to_the_leaves_below_the_organs_own_prefix() -> None:
    leaf = {"id": 7, "name": "规范性文件", "post_count": 3, "jump_url": "", "children": []}
    top = {"id": 1, "name": "法规公文", "post_count": 3, "jump_url": "", "children": [leaf]}
    (node,) = config_tree(config(top), ORGAN)
    assert (node.url, node.name, node.parent, node.count) == (f"{ORGAN}#7", "规范性文件", "法规公文", 3)
    assert node.family == "gkmlpt"


def test_config_tree_keeps_parents_with_documents_of_their_own_and_leaves_out_empty_columns() -> None:
    children = [{"id": 2, "name": "空", "post_count": 0}, {"id": 3, "name": "二", "post_count": 4}]
    nodes = config_tree(config({"id": 1, "name": "上", "post_count": 9, "children": children}), ORGAN)
    assert [node.name for node in nodes] == ["上", "二"]


def test_config_tree_follows_columns_that_lie_elsewhere_without_a_family() -> None:
    (node,) = config_tree(config({"id": 9, "name": "年报", "jump_url": "/zwgk/nb/", "post_count": 0}), ORGAN)
    assert node.url == "http://www.haibin.example.gov.cn/zwgk/nb/" and node.family is None


def test_config_tree_of_another_page_is_empty() -> None:
    assert config_tree("<script>var TREES = 1;</script>", ORGAN) == []
    assert config_tree("<script>TREE: [ {]</script>", ORGAN) == []


PAGE = """<iframe src="/module/xxgk/tree.jsp?divid=div51&amp;area=014001303&amp;rootName=&amp;standardXxgk=1"></iframe>
<input type="hidden" name="jdid" value="6">"""
TREE = """d.add('A02','0','法规公文(12)',"javascript:funclick('A02','法规公文')");
d.add('A0212','A02','规范性文件(12)',"javascript:funclick('A0212','规范性文件')");
d.add('B0001','0','人事(0)',"javascript:funclick('B0001','人事')");
d.add('C01','0','年报',"javascript:funclick(\\'C01\\',\\'年报\\')");"""


def test_dtree_gives_the_leaves_with_what_they_are_asked_with() -> None:
    url = "https://www.haibin.example.gov.cn/col/col51/index.html"
    (address,) = tree_addresses(PAGE, url)
    assert address == (
        "https://www.haibin.example.gov.cn/module/xxgk/tree.jsp?divid=div51&area=014001303&rootName=&standardXxgk=1"
    )
    shared = {**shared_params(PAGE, url), **shared_params("", address)}
    assert shared == {"divid": "div51", "area": "014001303", "jdid": "6"}
    nodes = dtree(TREE, address, shared)
    assert [(node.name, node.count, node.parent) for node in nodes] == [
        ("规范性文件", 12, "法规公文"),
        ("年报", None, None),
    ]
    assert nodes[0].params == {"infotypeId": "A0212", **shared}


def test_dtree_reads_what_a_page_loads_by_itself() -> None:
    text = "<script>loadDynamic('/module/xxgk/search.jsp?area=002482429&jdid=1','div9','A0301',1)</script>"
    (node,) = dtree(text, "https://www.haibin.example.gov.cn/", {})
    assert node.params == {"area": "002482429", "jdid": "1", "divid": "div9", "infotypeId": "A0301"}


def test_ztree_is_asked_for_with_the_values_of_the_pages_script() -> None:
    text = """<script>var projectName = "haibin"; var channelId = "0f0f"; var template_name = "zwgk_right2";
    $.ajax({url: "/u/channel/treeNew/", dataType: "jsonp"})</script>"""
    address = tree_address(text, "https://www.haibin.example.gov.cn/haibin/xxgk/xxzwgkList.shtml")
    assert address is not None and address.startswith(
        "https://www.haibin.example.gov.cn/u/channel/treeNew/haibin?"
    )
    assert "channelId=0f0f" in address and "template_name=zwgk_right2" in address


def test_ztree_leaves_out_placeholders_and_reads_wrapped_answers() -> None:
    base = "https://www.haibin.example.gov.cn/u/channel/treeNew/haibin"
    nodes = [
        {"name": "政策文件", "url": "/haibin/zcwj/xlist.shtml", "level": 1},
        {"name": "空", "url": "/haibin/k/null.shtml"},
        {"name": "年报", "iframeurl": "/haibin/nb/list.shtml"},
    ]
    for wrapped in ("JsonpCallBack(%s)", "null(%s)"):
        found = ztree(wrapped % json.dumps({"list": nodes}, ensure_ascii=False), base)
        assert [node.name for node in found] == ["政策文件", "年报"]
    assert found[1].url == "https://www.haibin.example.gov.cn/haibin/nb/list.shtml"


def test_ztree_reads_a_tree_that_stands_in_the_page() -> None:
    text = '<script>var zNodes = [{id:1, pId:0, name:"政策文件", url:"/zcwj/"}, {id:2, pId:1, name:"无地址"}];</script>'
    (node,) = ztree(text, "https://www.haibin.example.gov.cn/")
    assert node.url == "https://www.haibin.example.gov.cn/zcwj/"


def test_channel_list_gives_the_lowest_channels() -> None:
    base = "https://www.haibin.example.gov.cn/c1/list.shtml"
    text = """<script>$.get("/common/getChannelList?channelCode=c113065&websiteCodeName=sthj")</script>"""
    assert channel_list_address(text, base) == (
        "https://www.haibin.example.gov.cn/common/getChannelList?channelCode=c113065&websiteCodeName=sthj"
    )
    children = [{"displayName": "规划", "channelId": "a1"}, {"displayName": "公告", "url": "/c2/list.shtml"}]
    nodes = channel_list(json.dumps({"results": {"displayName": "公开", "children": children}}), base)
    assert [(node.name, node.parent) for node in nodes] == [("规划", "公开"), ("公告", "公开")]
    assert (
        nodes[0].params == {"channelId": "a1"}
        and nodes[1].url == "https://www.haibin.example.gov.cn/c2/list.shtml"
    )
    assert channel_list("<html>", base) == []
