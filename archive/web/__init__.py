"""The Datasette plugin: Chinese labels, search, pages."""
