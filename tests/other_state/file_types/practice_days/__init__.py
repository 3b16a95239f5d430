"""The file type practice days."""
