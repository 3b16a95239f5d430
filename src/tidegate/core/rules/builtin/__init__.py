"""The built-in rules: about files as a whole, and about columns as the layout describes them."""
