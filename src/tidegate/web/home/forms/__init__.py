"""The forms of the start pages: which part of them is shown, in whose name, and which messages are mailed."""
