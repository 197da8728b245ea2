"""What a crawl asks and writes: portals, crawls, walks, listed entries, the frontier."""
