"""The one directory spider, in two halves (listings, documents), and the loader that shows portals as spiders."""
