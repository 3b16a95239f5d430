"""Look-ups: what is found for a row in the state's reference data. Each type is one file, which is found."""
