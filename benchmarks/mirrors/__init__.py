"""How well republications are found, and how fast: texts of our own making, whose truth is known."""
