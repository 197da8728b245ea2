"""WARC records: written, read back, checked, and their table."""
