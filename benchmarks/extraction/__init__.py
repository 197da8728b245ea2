"""``make bench-extraction``: what extraction finds and costs, beside the general extractors, on the same pages in one run."""
