"""Extraction in processes of their own: a second core's work, and a page that kills its reader kills nothing else."""
