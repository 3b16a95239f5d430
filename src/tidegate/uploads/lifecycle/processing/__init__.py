"""Processing by a worker: the file is read, checked and loaded, and what that settles elsewhere is noted."""
