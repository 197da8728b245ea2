"""One answer of a portal during a check, or the trouble that there is none."""

from __future__ import annotations

from dataclasses import dataclass

from scrapy import Request
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response

from crawler.asking import Ask
from crawler.challenges import recognise
from crawler.checking.asking import LEFT_ALONE
from crawler.checking.found import Trouble
from crawler.fetching import describe, header_of
from crawler.network.guard import Refused
from pipelines.bundle import Part


@dataclass(frozen=True, slots=True)
class Answer:
    """``part`` as it came; where ``trouble`` is set, it is not to be read. ``final``: nothing more should be asked."""

    part: Part | None = None
    trouble: Trouble | None = None
    final: bool = False


async def fetch(ask: Ask, request: Request) -> Answer:
    """Ask once; every way of failing becomes a trouble."""
    try:
        response = await ask(request)
    except Refused as error:
        return Answer(trouble=_refused(error))
    except IgnoreRequest as error:
        robots = "robots" in str(error).lower()
        return Answer(trouble=_forbidden(request.url) if robots else Trouble("ignored", str(error)))
    except Exception as error:
        return Answer(
            trouble=Trouble(
                "unreachable",
                f"{request.url} could not be fetched: {describe(error)}: see whether a browser reaches it; for an old"
                ' certificate try [http] tls = "legacy", for a host without https write http://',
            )
        )
    return _judged(request.url, response)


def _judged(url: str, response: Response) -> Answer:
    part = Part(response.url, response.body, header_of(response, "Content-Type"))
    challenge = recognise(response.status, response.body)
    if challenge is not None:
        text = (
            f"{url} answered with a challenge ({challenge}) instead of the page: nothing here passes one;"
            " try later, more slowly, or from another network"
        )
        return Answer(part, Trouble("challenge", text), final=True)
    status = response.status
    if status in LEFT_ALONE:
        text = f"{url} answered HTTP {status}, which asks to be left alone: run the check again later, with a larger [http] delay"
        return Answer(part, Trouble("left-alone", text), final=True)
    if status == 403:
        text = f"{url} answered HTTP 403: the portal refuses this network or client; try from another network, more slowly"
        return Answer(part, Trouble("http-403", text))
    if status in (404, 410):
        text = f"{url} answered HTTP {status}: there is no such page; open the portal and correct the address"
        return Answer(part, Trouble(f"http-{status}", text))
    if status >= 400:
        return Answer(
            part, Trouble(f"http-{status}", f"{url} answered HTTP {status}: see whether a browser shows it")
        )
    return Answer(part)


def _refused(error: Refused) -> Trouble:
    advice = "; name that host in hosts if it is the portal's own" if error.reason == "offsite" else ""
    return Trouble(f"refused-{error.reason}", f"{error}{advice}")


def _forbidden(url: str) -> Trouble:
    return Trouble(
        "robots", f"robots.txt forbids {url}: leave the directory out, or ask the portal's operator for leave"
    )
