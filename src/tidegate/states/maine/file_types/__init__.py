"""Maine's file types: one folder each."""
