"""Look-ups of Maine's own, one file each."""
