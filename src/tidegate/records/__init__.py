"""The records: students, enrollments and CTE records, with their versions over time."""
