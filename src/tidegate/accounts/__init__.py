"""People: who they are, which roles they hold where, what they may do, and their focus."""
