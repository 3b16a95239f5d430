"""The file type CTE (Credit Bearing)."""
