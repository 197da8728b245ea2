"""A night: every enabled portal crawled in a process of its own, and what became of them."""
