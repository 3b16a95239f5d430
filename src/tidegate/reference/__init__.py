"""The state's own lists: school years, organizations and codes."""
