"""The records: students, enrollments and the lines that file types store, with their versions over time."""
