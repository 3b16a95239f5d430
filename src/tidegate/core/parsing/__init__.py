"""From texts to values: what a cell means, and what was repaired on the way."""
