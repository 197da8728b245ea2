"""``gongkai portals check``: what one listing page and one document of each directory give, without an archive."""
