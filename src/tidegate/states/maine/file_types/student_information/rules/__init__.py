"""The rules of Student Information, one file each."""
