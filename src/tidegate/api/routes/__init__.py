"""The routes of the API, by noun."""
