"""The file types of Winnora."""
