"""The pages about students: who they are, what is on file of them, and what fits together no longer."""
