"""Documents over time: where a page belongs, its revisions, what readers are shown, what changed."""
