"""Old files of EDFacts, historical: each layout is a file of data, by which one is written and read."""
