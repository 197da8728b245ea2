"""The network guard: which addresses a crawl may connect to."""
