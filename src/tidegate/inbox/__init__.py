"""The inbox: what a person is told, in the product and by mail."""
