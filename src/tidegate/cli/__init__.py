"""The `tidegate` command, one file per command."""
