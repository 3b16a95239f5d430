"""Rules about a file as a whole: what it is, its encoding, header, lines and footer."""
