"""The files that documents link to: their rows, what is to be fetched, every version that was seen."""
