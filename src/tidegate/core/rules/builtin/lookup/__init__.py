"""Rules about what a row names by a look-up: its organization, school or student."""
