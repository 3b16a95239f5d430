"""The forms of the upload pages."""
