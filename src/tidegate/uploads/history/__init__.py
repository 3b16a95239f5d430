"""A student's history: the time line, and every version of every stored line."""
