"""One module a CMS family: how a sample portal of it answers. ``SITES`` names them as portal files do."""

from __future__ import annotations

from crawler.samples.model import PortalData
from crawler.samples.sites.base import Site
from crawler.samples.sites.hanweb import HanwebSite
from crawler.samples.sites.powereasy import PowerEasySite
from crawler.samples.sites.trs import TrsSite
from crawler.samples.sites.ucap import UcapSite

SITES: dict[str, type[Site]] = {
    "trs-static": TrsSite,
    "ucap-static": UcapSite,
    "hanweb-jpage": HanwebSite,
    "powereasy": PowerEasySite,
}


def build_site(data: PortalData, *, crawl_delay: float) -> Site:
    """The site that behaves as the portal's family; raises ``KeyError`` for a family without one."""
    return SITES[data.family](data, crawl_delay=crawl_delay)
