"""Checking the file of an upload, and keeping what was found."""
