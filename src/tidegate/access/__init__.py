"""Who gets in: invitations, requests, links for a new password, idle accounts; and who is told of it."""
