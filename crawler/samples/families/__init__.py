"""Small sample portals of many CMS families, one TOML file each: how its listings answer, with every peculiarity's source.

They are for tests and for trying a profile; the demo has portals of its own. ``specification.load`` reads a file,
``site.FamilySite`` answers as it says.
"""
