"""The file type Student Information."""
