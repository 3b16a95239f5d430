"""Layouts: the columns of a file type, read from TOML and checked at start-up."""
