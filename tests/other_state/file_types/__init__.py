"""The file types of the invented state."""
