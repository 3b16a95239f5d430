"""Contenders: each a module with `run(file, reference)`, which returns how many rows it found bad, if it judges."""
