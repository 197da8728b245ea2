"""Verbs that need only the archive, one file each."""
