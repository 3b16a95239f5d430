"""Which numbers are unusual beside those of last year, and what was said of them."""
