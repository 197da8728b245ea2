"""What to crawl: one TOML file a portal, the model that validates it, the loader, the plan of a day."""
