"""Follows ``<meta http-equiv="refresh">`` as Scrapy does, without decoding every page to look for it."""

from __future__ import annotations

from typing import Any

from scrapy import Request
from scrapy.downloadermiddlewares.redirect import MetaRefreshMiddleware
from scrapy.http import Response

LOOKED_AT = 8192
"""Bytes: Scrapy looks at the first 4,096 characters of a page."""


class PortalMetaRefreshMiddleware(MetaRefreshMiddleware):
    """Scrapy's middleware, asked only where the tag can be."""

    def process_response(
        self, request: Request, response: Response, spider: Any = None
    ) -> Request | Response:
        """The redirect, or the response itself."""
        if b"refresh" not in response.body[:LOOKED_AT].lower():
            return response
        return super().process_response(request, response)
