"""Stored lines are checked again: under the present rules, and when what they rest on has changed."""
