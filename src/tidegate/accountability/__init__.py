"""What is counted and frozen: periods, snapshots, and the reports that are read from a snapshot."""
