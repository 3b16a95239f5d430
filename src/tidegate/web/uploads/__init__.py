"""The pages of an upload: how a file is sent, what became of it, and what is done about it."""
