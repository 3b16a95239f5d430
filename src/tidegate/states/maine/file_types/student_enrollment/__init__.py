"""The file type Student Enrollment."""
