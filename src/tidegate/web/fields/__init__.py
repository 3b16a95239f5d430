"""Fields that the forms of several sections share."""
