"""archive.urls: one key for one address."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from archive.urls import MAX_LENGTH, host_of, request_key, url_key

SAME = [
    ("http://www.x.gov.cn/a.html", "www.x.gov.cn/a.html"),
    ("https://WWW.X.gov.CN:443/a.html#top", "www.x.gov.cn/a.html"),
    ("http://www.x.gov.cn:80", "www.x.gov.cn/"),
    ("http://www.x.gov.cn./", "www.x.gov.cn/"),
    ("//www.x.gov.cn/a", "www.x.gov.cn/a"),
    ("http://www.x.gov.cn:8080/", "www.x.gov.cn:8080/"),
    ("http://www.x.gov.cn:443/", "www.x.gov.cn:443/"),
    ("http://user:secret@www.x.gov.cn/", "www.x.gov.cn/"),
    ("http://[2001:DB8:0::1]:80/", "[2001:db8::1]/"),
    ("http://政务.中国/信息", "xn--zfr164b.xn--fiqs8s/%E4%BF%A1%E6%81%AF"),
    ("http://x.gov.cn/xxgk/index.html", "x.gov.cn/xxgk/"),
    ("http://x.gov.cn/xxgk/index.htm", "x.gov.cn/xxgk/index.htm"),
    ("http://x.gov.cn/xxgk/index.shtml", "x.gov.cn/xxgk/index.shtml"),
    ("http://x.gov.cn/myindex.html", "x.gov.cn/myindex.html"),
    ("http://x.gov.cn/a/./b/../c", "x.gov.cn/a/c"),
    ("http://x.gov.cn/a/%2e%2E/c/..", "x.gov.cn/"),
    ("http://x.gov.cn/../../a", "x.gov.cn/a"),
    ("http:\\\\x.gov.cn\\a\\..\\b", "x.gov.cn/b"),
    ("http://x.gov.cn/%7ea%2fb%e6%94%bf", "x.gov.cn/~a%2Fb%E6%94%BF"),
    ("http://x.gov.cn/%d5%fe", "x.gov.cn/%D5%FE"),
    ("http://x.gov.cn/a b%zz", "x.gov.cn/a%20b%25zz"),
    ("http://x.gov.cn/a?b=2&a=1&a=0&&", "x.gov.cn/a?a=1&a=0&b=2"),
    ("http://x.gov.cn/a?", "x.gov.cn/a"),
    ("http://x.gov.cn/a?b&b=", "x.gov.cn/a?b&b="),
    ("http://x.gov.cn/a.do;jsessionid=0A1B?id=7", "x.gov.cn/a.do?id=7"),
    ("http://x.gov.cn/index.html;JSESSIONID=0A1B", "x.gov.cn/"),
    ("http://x.gov.cn/a?PHPSESSID=1&id=2&ASPSESSIONIDQABCDEFG=x&sid=3", "x.gov.cn/a?id=2&sid=3"),
    (" \thttp://x.gov.cn/a\r\nb \x00", "x.gov.cn/ab"),
]


@pytest.mark.parametrize(("url", "key"), SAME)
def test_key(url: str, key: str) -> None:
    assert url_key(url) == key
    assert url_key(key) == key


@pytest.mark.parametrize(
    "url",
    [
        "", "/a/b.html", "?a=1", "#top", "javascript:void(0)", "javascript:", "tel:110",
        "http:/x.gov.cn/", "page.html", "mailto:a@x.gov.cn", "ftp://x.gov.cn/", "http://",
        "http:///a", "http://x.gov.cn:99999/", "http://x.gov.cn:8o/", "http://x.gov.cn:٣/", "http://a b/", "http://[::g]/",
        "http://℀.cn/", "http://x%2fy/", "http://.cn/", "http://x..cn/", "http://x.cn../", "http://x.gov.cn/" + "a" * MAX_LENGTH,
        "http://x.gov.cn/" + "政" * (MAX_LENGTH // 2), "data:text/html,<b>",
    ],
)  # fmt: skip
def test_what_is_no_address_is_refused_in_one_sentence(url: str) -> None:
    with pytest.raises(ValueError) as caught:
        url_key(url)
    assert len(str(caught.value)) < 300


def test_profile_may_drop_parameters_and_keep_the_fragment() -> None:
    url = "http://x.gov.cn/a?t=1&T=2&id=3#/list?page=2 "
    assert url_key(url, drop_query=["t"]) == "x.gov.cn/a?T=2&id=3"
    assert url_key(url, drop_query=("t", "T", "id"), keep_fragment=True) == "x.gov.cn/a#/list?page=2"


def test_request_key_tells_bodies_apart() -> None:
    url = "http://x.gov.cn/dataproxy.jsp?t=1"
    assert request_key("get", url) == "GET x.gov.cn/dataproxy.jsp?t=1"
    assert request_key("POST", url, b"", drop_query=["t"]) == "POST x.gov.cn/dataproxy.jsp"
    digest = hashlib.sha256(b"page=2").hexdigest()
    assert request_key("POST", url, b"page=2") == f"POST x.gov.cn/dataproxy.jsp?t=1 {digest}"


def test_host_of() -> None:
    assert host_of("HTTPS://WWW.X.gov.cn:443/a") == "www.x.gov.cn"
    assert host_of("http://127.0.0.1:8080/a@b") == "127.0.0.1:8080"
    with pytest.raises(ValueError):
        host_of("/a")


URLISH = st.text(alphabet="ab.%2e/\\?#&=;:@[]政A0 \t\ud800jsessionid", max_size=60)


@given(
    st.one_of(
        st.text(max_size=200), URLISH, URLISH.map("http://x.cn".__add__), URLISH.map("https://".__add__)
    )
)
@example("HTTP://0..")
@example("http://x.cn/;jsession;jsessionid=aid=1")
@example("http://x.cn/..;jsessionid=1/a")
@example("http://x.cn/index.html/.")
def test_any_text_has_a_stable_key_or_none(url: str) -> None:
    try:
        key = url_key(url, keep_fragment=True)
    except ValueError:
        return
    assert key.isascii()
    assert url_key(key, keep_fragment=True) == key
    assert "/../" not in key.partition("?")[0].partition("#")[0]


@given(
    st.lists(
        st.tuples(st.sampled_from("abcd"), st.text("xyz12", max_size=3)), max_size=6, unique_by=lambda p: p[0]
    )
)
def test_order_of_parameters_does_not_matter(pairs: list[tuple[str, str]]) -> None:
    def address(ordered: list[tuple[str, str]]) -> str:
        return "http://x.gov.cn/a?" + "&".join(f"{name}={value}" for name, value in ordered)

    assert url_key(address(pairs)) == url_key(address(pairs[::-1]))
