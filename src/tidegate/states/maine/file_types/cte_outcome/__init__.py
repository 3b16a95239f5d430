"""The file type CTE Outcome."""
