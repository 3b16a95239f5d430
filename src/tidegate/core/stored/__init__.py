"""What is already known: organizations, code lists, students and enrollments, looked up for the rows of a file."""
