"""Maine: its file types, rules, words and demo."""
