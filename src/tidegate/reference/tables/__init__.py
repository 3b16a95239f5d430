"""The reference tables of this app in the database: how each answers, is exported and imported. One file each."""
