"""Where files are kept: the store of uploads, files that arrive, backups."""
