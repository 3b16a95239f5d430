"""The rules of the file type CTE (Credit Bearing), one file each."""
