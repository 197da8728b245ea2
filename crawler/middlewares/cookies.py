"""Scrapy's cookies, without its download of the public suffix list: a crawl asks nobody but its portals."""

from __future__ import annotations

import scrapy.downloadermiddlewares.cookies as scrapy_cookies
from scrapy.downloadermiddlewares.cookies import CookiesMiddleware
from tldextract import TLDExtract

# Scrapy's extractor fetches the newest list over the network at first use, past the guard and past any proxy; the
# copy inside the package says enough to keep a cookie from being set for .gov.cn.
scrapy_cookies._split_domain = TLDExtract(
    include_psl_private_domains=True, suffix_list_urls=(), cache_dir=None
)


class PortalCookiesMiddleware(CookiesMiddleware):
    """Some portals answer only a second request, which brings back the cookie of the first (platforms.md §2)."""
