"""The core: reads a file, judges every row and says what happened, with no Django, database, clock or network."""
