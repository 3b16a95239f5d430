"""Tools for columns and frames that know nothing of files, layouts or students."""
