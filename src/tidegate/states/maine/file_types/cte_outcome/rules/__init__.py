"""The rules of CTE Outcome, one file each."""
