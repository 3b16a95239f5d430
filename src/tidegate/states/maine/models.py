"""What Maine stores in tables of its own: nothing so far."""
