"""Reading: any bytes become columns of text with exact row numbers, or an issue with a reason."""
