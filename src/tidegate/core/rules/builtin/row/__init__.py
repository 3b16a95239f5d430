"""Rules about one row."""
