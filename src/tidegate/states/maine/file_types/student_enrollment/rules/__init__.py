"""The rules of the file type Student Enrollment, one file each."""
