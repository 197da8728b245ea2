"""Scrapy's resolver, with the guard behind it: only addresses that may be connected to are handed on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from scrapy.resolver import CachingHostnameResolver
from twisted.internet.interfaces import IAddress, IHostnameResolver, IResolutionReceiver
from zope.interface.declarations import implementer, provider

from crawler.network.guard import POLICY


@provider(IResolutionReceiver)
class _GuardedReceiver:
    """Stands before Twisted's receiver and drops what the policy refuses."""

    def __init__(self, receiver: Any, host: str, port: int):
        self._receiver = receiver
        self._host = host
        self._port = port

    def resolutionBegan(self, resolution: Any) -> None:
        self._receiver.resolutionBegan(resolution)

    def addressResolved(self, address: Any) -> None:
        if POLICY.may_connect(self._host, address.host, self._port):
            self._receiver.addressResolved(address)

    def resolutionComplete(self) -> None:
        self._receiver.resolutionComplete()


@implementer(IHostnameResolver)
class PublicAddressResolver(CachingHostnameResolver):
    """Resolves IPv4 and IPv6; a host with no allowed address fails as one that cannot be found.

    It is asked at every connection, for names and for written addresses alike, so redirects and attachments pass
    it too. The cache sits behind the check: a cached answer is judged again.
    """

    def resolveHostName(
        self,
        resolutionReceiver: Any,
        hostName: str,
        portNumber: int = 0,
        addressTypes: Sequence[type[IAddress]] | None = None,
        transportSemantics: str = "TCP",
    ) -> Any:
        """See Twisted's ``IHostnameResolver``."""
        return super().resolveHostName(
            cast("IResolutionReceiver", _GuardedReceiver(resolutionReceiver, hostName, portNumber)),
            hostName,
            portNumber,
            addressTypes,
            transportSemantics,
        )
