"""Metadata blocks: labels paired with their values, whatever layout a portal gives them."""
