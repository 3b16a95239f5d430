"""What the state's tables say about each row."""
