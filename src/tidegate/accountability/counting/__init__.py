"""Who is counted, as SQL over the frozen lines of a snapshot. Reports and indicators are made of these queries."""
