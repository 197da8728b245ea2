"""Scrapy settings of every crawl. What a portal file says (delay, time-out, size) is laid over these per portal."""

from __future__ import annotations

from archive import __version__

BOT_NAME = "gongkai"
USER_AGENT = (
    f"gongkai/{__version__} (archive of government information disclosure)"  # commands add the contact
)

SPIDER_LOADER_CLASS = "crawler.spiders.loader.PortalSpiderLoader"
SPIDER_MODULES: list[str] = []
COMMANDS_MODULE = ""

# Politeness. One request at a time a host; a portal of one's own may be crawled faster by its file.
ROBOTSTXT_OBEY = True  # default False
CONCURRENT_REQUESTS = 16
CONCURRENT_REQUESTS_PER_DOMAIN = 1  # default 8
DOWNLOADER = "crawler.network.downloader.CountingDownloader"  # Scrapy's own counts too late
CONCURRENT_ITEMS = (
    1  # default 100: Scrapy makes so many tasks for every answer, and each of ours gives one item
)
DOWNLOAD_DELAY = 1.0  # default 0
DOWNLOAD_DELAY_JITTER = 0.25  # default 0.5
AUTOTHROTTLE_ENABLED = True  # default False
AUTOTHROTTLE_START_DELAY = 1.0  # default 5
AUTOTHROTTLE_MAX_DELAY = 60.0
AUTOTHROTTLE_TARGET_CONCURRENCY = 1.0

# Limits: everything fetched is hostile.
DOWNLOAD_TIMEOUT = 60  # default 180
DOWNLOAD_MAXSIZE = 32 * 1024 * 1024  # default 1 GiB; holds for the wire and again after decompression
DOWNLOAD_WARNSIZE = 0
REDIRECT_MAX_TIMES = 5  # default 20
URLLENGTH_LIMIT = 2083
RETRY_TIMES = 2
RETRY_HTTP_CODES = [500, 502, 503, 504, 522, 524, 408, 429]
GONGKAI_MAX_LISTING_PAGES = 1000  # of a listing that announces no total

# The network guard sits where names become addresses (crawler.network.guard).
TWISTED_REACTOR = "twisted.internet.asyncioreactor.AsyncioSelectorReactor"
TWISTED_DNS_RESOLVER = "crawler.network.resolver.PublicAddressResolver"
# aiohttp's handler ignores that resolver and dies on raw GBK header values.
DOWNLOAD_HANDLERS = {
    "data": None,
    "file": None,
    "ftp": None,
    "s3": None,
    "http": "scrapy.core.downloader.handlers.http11.HTTP11DownloadHandler",
    "https": "scrapy.core.downloader.handlers.http11.HTTP11DownloadHandler",
}

DOWNLOADER_MIDDLEWARES = {
    "crawler.middlewares.guard.GuardMiddleware": 50,  # before robots.txt is asked for
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
    "crawler.middlewares.robots.PortalRobotsMiddleware": 100,
    "scrapy.downloadermiddlewares.httpcompression.HttpCompressionMiddleware": None,
    "crawler.middlewares.compression.CaptureCompressionMiddleware": 590,
    "scrapy.downloadermiddlewares.redirect.MetaRefreshMiddleware": None,
    "crawler.middlewares.meta_refresh.PortalMetaRefreshMiddleware": 580,
    "scrapy.downloadermiddlewares.stats.DownloaderStats": None,  # the session counts
    "scrapy.downloadermiddlewares.cookies.CookiesMiddleware": None,
    "crawler.middlewares.cookies.PortalCookiesMiddleware": 700,
    "scrapy.downloadermiddlewares.httpproxy.HttpProxyMiddleware": None,
    "crawler.middlewares.proxy.PortalProxyMiddleware": 750,
    "crawler.middlewares.capture.CaptureMiddleware": 950,  # next to the wire: still compressed, every redirect hop
    "crawler.middlewares.unreachable.UnreachableMiddleware": 960,
    "crawler.middlewares.guard.ResolvedAddressMiddleware": 970,
    "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,  # the guard knows the portal's hosts
}
# What the guard and the spider judge by themselves need not wrap every answer once more.
SPIDER_MIDDLEWARES = {
    "scrapy.spidermiddlewares.start.StartSpiderMiddleware": None,
    "scrapy.spidermiddlewares.httperror.HttpErrorMiddleware": None,
    "scrapy.spidermiddlewares.urllength.UrlLengthMiddleware": None,
    "scrapy.spidermiddlewares.depth.DepthMiddleware": None,
    "scrapy.spidermiddlewares.metacopy.MetaCopyDetectionMiddleware": None,
}
EXTENSIONS = {
    "crawler.extensions.crawl_delay.CrawlDelay": 0,
    "crawler.extensions.progress.ProgressReport": 0,
    "crawler.extensions.manners.Manners": 100,  # after AutoThrottle has set a delay
}
ITEM_PIPELINES = {
    "pipelines.items.ExtractStage": 100,
    "pipelines.items.ArchiveStage": 900,
}

# Both open a port; RemoteControl runs what is posted to it.
REMOTE_CONTROL_ENABLED = False  # default True
TELNETCONSOLE_ENABLED = False  # default True

COOKIES_ENABLED = True  # some portals answer only the second request, with their own cookie
STATS_CLASS = "scrapy.statscollectors.DummyStatsCollector"  # the session and the archive count
LOG_LEVEL = "WARNING"
LOG_SHORT_NAMES = True
LOGSTATS_INTERVAL = 0
