"""Loading the rows of an upload that are right, putting it on hold first where it replaces far more than usual."""
