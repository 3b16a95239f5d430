"""How the site does: measures, and samples of each minute."""
