"""Rows that wait for a line of another file: which may, who lets them, what ends it, and how they are loaded."""
