"""The pages of the state's desk: organizations, lists, school years, windows, the server and the audit log."""
