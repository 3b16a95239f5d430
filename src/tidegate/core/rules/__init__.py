"""Rules: what a file, a row or a value must fulfil, each with its message, its reason and its remedy."""
