"""Claims: rows that were not loaded since another district has the student. Noted, ended, and open again."""
