"""The file type New State ID."""
