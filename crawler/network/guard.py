"""Which hosts and addresses may be connected to.

Only addresses that are public (IANA special-purpose registries, through :mod:`ipaddress`) are connected to, except
for hosts that a portal file or the command line allowed. The check is made on the address that the name resolved
to and that the connection uses, so a name that resolves to 10.0.0.1, also the second time it is asked for, does
not pass. Through a proxy the target's address is the proxy's choice: there only the written address is checked.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from scrapy.exceptions import IgnoreRequest


class Refused(IgnoreRequest):
    """A request that was not made. ``reason`` is ``private-address``, ``offsite``, ``scheme`` or ``url-too-long``."""

    def __init__(self, reason: str, message: str):
        super().__init__(message)
        self.reason = reason


def is_public(address: str) -> bool:
    """Whether an IP address in text is globally reachable; an IPv4 address inside an IPv6 one counts as itself."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if inner is None and ip in _NAT64:
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(str(inner))
        # Only this eighth of the space is given out; the rest are private, translating or unassigned ranges.
        if ip not in _GLOBAL_UNICAST or ip in _DOCUMENTATION:
            return False
    return ip.is_global and not ip.is_multicast


_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_GLOBAL_UNICAST = ipaddress.ip_network("2000::/3")
_DOCUMENTATION = ipaddress.ip_network("3fff::/20")
_PORTS = {"http": 80, "https": 443}


def port_of(url: str) -> int:
    """The port that a request for an http or https address connects to."""
    parts = urlsplit(url)
    return parts.port or _PORTS.get(parts.scheme, 0)


def literal_address(host: str) -> str | None:
    """The address if ``host`` is written as one (brackets removed), else None."""
    bare = host.strip("[]")
    try:
        ipaddress.ip_address(bare.partition("%")[0])
    except ValueError:
        return None
    return bare


@dataclass
class Policy:
    """What this process may connect to; one object, shared by the resolver and the middleware.

    ``allowed_hosts`` are ``host:port``: what one portal allows opens no other service of that machine.
    """

    allowed_hosts: set[str] = field(default_factory=set)
    allow_private: bool = False
    refused: dict[str, str] = field(default_factory=dict)  # host → the address it resolved to

    def allow(self, url_or_host: str) -> None:
        """Allow one host (of a URL or ``host[:port]``) to have an address that is not public."""
        parts = urlsplit(url_or_host if "//" in url_or_host else f"//{url_or_host}")
        ports = [parts.port] if parts.port else [_PORTS[parts.scheme]] if parts.scheme else _PORTS.values()
        if parts.hostname:
            self.allowed_hosts.update(f"{parts.hostname}:{port}" for port in ports)

    def may_connect(self, host: str, address: str, port: int) -> bool:
        """Whether a connection to ``address``, which ``host`` resolved to, may be made; a refusal is remembered."""
        named = f"{host.strip('[]').lower()}:{port}"
        if self.allow_private or named in self.allowed_hosts or is_public(address):
            return True
        self.refused[host.lower()] = address
        return False


POLICY = Policy()
"""The policy of this process: Scrapy's resolver is one per process, so is what it asks."""
