"""The migrations of Winnora's tables, as `tidegate manage makemigrations second_state` writes them."""
