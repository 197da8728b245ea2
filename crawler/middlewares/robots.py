"""robots.txt as RFC 9309 has it: an answer of the server's own failure (5xx) forbids everything for now (§2.3.1.4)."""

from __future__ import annotations

from scrapy import Request
from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.http import Response

NOTHING = b"User-agent: *\nDisallow: /\n"


class PortalRobotsMiddleware(RobotsTxtMiddleware):
    """Scrapy reads any answer as rules, and an error page as none."""

    async def _parse_robots(self, response: Response, netloc: str, request: Request) -> None:
        if response.status >= 500:
            response = response.replace(body=NOTHING)
        await super()._parse_robots(response, netloc, request)
