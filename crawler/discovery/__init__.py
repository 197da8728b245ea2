"""How a portal's directories are found: links of a page, and the trees that families keep elsewhere (platforms.md §2b, §4, §5)."""
