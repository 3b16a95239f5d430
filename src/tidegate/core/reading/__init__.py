"""Reading: any bytes become columns of text with exact row numbers, or a fault that says why not."""
