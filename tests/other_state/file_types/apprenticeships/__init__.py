"""The file type apprenticeships."""
