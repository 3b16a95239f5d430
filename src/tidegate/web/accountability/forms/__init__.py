"""The forms of the accountability pages."""
