"""Results: what happened to a file, as the Result Log and as an object for programs."""
