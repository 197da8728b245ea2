"""Walking one directory's listing to a verdict."""
