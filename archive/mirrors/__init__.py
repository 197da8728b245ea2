"""One instrument on several portals: found by its number or its text, shown together, never merged."""
