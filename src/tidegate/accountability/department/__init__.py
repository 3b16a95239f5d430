"""What the state sends to the Department of Education: exact numbers of the whole state, made by the state alone."""
