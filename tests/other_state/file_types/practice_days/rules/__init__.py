"""The rules of practice days: those of its layout alone."""
