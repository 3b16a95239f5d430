"""The project: settings, addresses, the web server's entry and the database behind it."""
