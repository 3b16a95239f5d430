"""Reading the lines on file back: exported, compared with a file, or checked by another state's rules."""
