"""The rows of an upload that a person corrects on its page."""
