"""The forms of the pages about students and the lines on file."""
