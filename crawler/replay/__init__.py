"""An archive from its captures: every observation of a portal in the order of time, through the functions of a crawl.

A rebuild, a merge and an import are the same thing: put WARC files in their place, and replay their portal.
"""

from crawler.replay.portal import Replayed, ReplayError, replay_portal

__all__ = ["ReplayError", "Replayed", "replay_portal"]
