"""The numbers of a snapshot as files: CSV, workbooks, and text for a terminal."""
