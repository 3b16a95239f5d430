"""An upload from its arrival to its end: received, processed, loaded, undone, forgotten."""
