"""What is made of a check's result: one file per output, found by looking.

The modules are imported to list the options of `tidegate check`. They import Polars, and modules
that need it, inside their functions, so that `--help` answers at once.
"""
