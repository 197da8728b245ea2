"""The network guard: what may be connected to."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scrapy import Request
from scrapy.settings import Settings

from crawler.middlewares.guard import GuardMiddleware, ResolvedAddressMiddleware
from crawler.network.guard import Policy, Refused, is_public, literal_address

PRIVATE = [
    "127.0.0.1",
    "10.0.0.1",
    "172.16.3.4",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "0.0.0.0",
    "255.255.255.255",
    "224.0.0.1",
    "198.18.0.1",
    "::1",
    "::",
    "fe80::1%eth0",
    "fc00::1",
    "ff02::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "2002:7f00:1::",
    "64:ff9b::7f00:1",
    "64:ff9b:1::a00:1",
    "::ffff:0:10.0.0.1",
    "::127.0.0.1",
    "fec0::1",
    "5f00::1",
    "3fff::1",
]


@pytest.mark.parametrize("address", PRIVATE)
def test_addresses_that_are_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "address", ["1.1.1.1", "202.96.128.86", "2400:3200::1", "::ffff:1.1.1.1", "64:ff9b::101:101"]
)
def test_public_addresses(address: str) -> None:
    assert is_public(address)


@given(st.ip_addresses())
def test_every_address_is_judged(address: object) -> None:
    assert is_public(str(address)) in (True, False)


def test_only_written_addresses_are_literal() -> None:
    assert literal_address("[::1]") == "::1"
    assert literal_address("10.0.0.1") == "10.0.0.1"
    assert literal_address("www.example.gov.cn") is None
    assert literal_address("2130706433") is None  # a number is resolved, and then judged


def guard(*hosts: str, policy: Policy | None = None) -> GuardMiddleware:
    spider = SimpleNamespace(hosts=frozenset(hosts))
    crawler = SimpleNamespace(spider=spider, settings=Settings({"URLLENGTH_LIMIT": 200}))
    return GuardMiddleware(crawler, policy or Policy())  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("ftp://www.example.gov.cn/a", "scheme"),
        ("file:///etc/passwd", "scheme"),
        ("http://other.example.com/", "offsite"),
        ("http://www.example.gov.cn:8080/", "offsite"),
        ("http://www.example.gov.cn/" + "a" * 200, "url-too-long"),
        ("http://10.0.0.1/", "private-address"),
    ],
)
def test_refusals_have_a_reason(url: str, reason: str) -> None:
    with pytest.raises(Refused) as refused:
        guard("www.example.gov.cn", "10.0.0.1").process_request(Request(url))
    assert refused.value.reason == reason
    assert "not f" in str(refused.value)


def test_an_own_host_passes_and_names_its_slot() -> None:
    request = Request("http://www.example.gov.cn/zwgk/")
    guard("www.example.gov.cn").process_request(request)
    assert request.meta["download_slot"] == "www.example.gov.cn"


def test_an_allowed_host_may_be_private() -> None:
    policy = Policy()
    policy.allow("http://127.0.0.1:8000/")
    guard("127.0.0.1:8000", policy=policy).process_request(Request("http://127.0.0.1:8000/x"))
    assert policy.may_connect("127.0.0.1", "127.0.0.1", 8000)
    assert not policy.may_connect("127.0.0.1", "127.0.0.1", 8001)  # another service of the machine
    assert not policy.may_connect("elsewhere.example", "127.0.0.1", 8000)


def test_a_name_that_resolved_to_a_private_address_is_refused_with_that_address() -> None:
    policy = Policy()
    assert not policy.may_connect("rebind.example", "10.1.2.3", 80)
    with pytest.raises(Refused, match=r"10\.1\.2\.3"):
        ResolvedAddressMiddleware(policy).process_exception(
            Request("http://rebind.example/"), OSError("no results")
        )
