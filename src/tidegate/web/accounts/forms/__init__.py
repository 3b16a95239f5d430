"""The forms of signing in, of people and of tokens."""
