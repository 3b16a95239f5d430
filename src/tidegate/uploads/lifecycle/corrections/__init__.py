"""Corrections: rows of an upload that are corrected on its page, and lines on file that are changed by hand."""
