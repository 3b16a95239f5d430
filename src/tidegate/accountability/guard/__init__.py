"""The guard for small cells: what of published tables is hidden, so that nobody can work out a small group.

Pure functions over counts: they know neither snapshots nor the database.
"""
