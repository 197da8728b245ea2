"""From an address to a draft portal file: the family with its evidence, the disclosure section, its columns (DESIGN §2, ``probe``)."""
