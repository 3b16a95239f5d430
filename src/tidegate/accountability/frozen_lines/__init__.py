"""What a snapshot freezes, and how a query reads it again: tables, their lines and cells, and the definition."""
