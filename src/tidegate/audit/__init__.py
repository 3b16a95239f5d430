"""The audit log: who did what, when and where; nothing in it is ever changed."""
