"""What a check gives out: the Result Log, the full log, the fix file, the answer file, JSON."""
