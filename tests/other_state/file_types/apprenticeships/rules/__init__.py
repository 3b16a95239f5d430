"""The rules of apprenticeships."""
