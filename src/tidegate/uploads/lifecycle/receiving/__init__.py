"""Receiving a file: for the first time, again as a person has decided, or with its columns matched."""
