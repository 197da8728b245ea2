"""What the nights brought, read off the archive: run reports, their history, the state of everything at any time."""
