"""A redesigned portal read again: from pages whose content is known to the selectors and labels of their new layout."""
