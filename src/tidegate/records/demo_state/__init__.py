"""The invented demo state. No person, student, SAU, school or ID in it is real; only the CTE schools' names are."""
