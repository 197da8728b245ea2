"""Scrapy extensions, one file each."""
