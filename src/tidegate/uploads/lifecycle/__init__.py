"""An upload from its arrival to its end, a package for each part of it and a module for each act."""
