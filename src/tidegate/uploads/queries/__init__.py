"""What is asked of uploads and what came of them; nothing is changed here."""
