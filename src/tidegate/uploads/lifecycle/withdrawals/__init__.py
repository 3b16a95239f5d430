"""Withdrawing lines on file, and the lines of other file types that depend on them."""
