"""The pages of people and their access: signing in, roles, invitations and tokens."""
