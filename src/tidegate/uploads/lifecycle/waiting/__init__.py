"""Rows that wait for an enrollment: which may, who lets them, what ends their wait, and how they are loaded."""
