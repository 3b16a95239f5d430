"""Suggestions: what a value that was not found may have been meant to be, ranked, with the reason. Never applied."""
