"""Captures that other tools wrote (WARC, WACZ), taken into the archive as visits at their own time."""
