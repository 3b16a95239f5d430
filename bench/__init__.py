"""Benchmarks: the files, the contenders, and one report."""
