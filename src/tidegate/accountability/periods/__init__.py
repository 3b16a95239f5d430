"""What the state counts in a school year, and what it publishes of it: files of the state's package."""
