"""Publication: a snapshot's named tables, as the guard for small cells lets them be seen, frozen for ever.

Whatever is shown outside one's own organizations goes through here; the house tests hold it.
"""
