"""What is where: for a district, a technical school, and the state. Only asks; nothing here writes."""
