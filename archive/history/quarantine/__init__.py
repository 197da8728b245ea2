"""Holding back what a degraded crawl read, and accepting it after a look or at a good visit (DESIGN §4)."""
