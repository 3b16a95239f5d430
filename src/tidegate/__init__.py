"""tidegate: the open-source state collection system for student data."""
