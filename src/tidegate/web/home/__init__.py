"""The first page of each person: the home of a district, of a school or of the state, the focus and the inbox."""
