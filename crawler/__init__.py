"""Walks the information-disclosure directories of government portals."""
