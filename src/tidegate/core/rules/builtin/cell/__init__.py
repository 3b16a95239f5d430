"""Rules about one cell, or about all cells of one column."""
