"""Whether a document is gone although its portal answers 200 or leads elsewhere, learnt from the portal itself."""
