"""Verbs that need the crawler, one file each."""
