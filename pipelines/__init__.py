"""Captured pages in, a record out. Knows no HTTP and no SQL."""
