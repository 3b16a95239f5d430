"""The rules of the file type New State ID, one file each."""
