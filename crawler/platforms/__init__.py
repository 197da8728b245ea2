"""How a CMS family lists: one TOML profile a family, its model, how a family is recognised."""
