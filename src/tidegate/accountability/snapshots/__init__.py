"""A snapshot's life: asked for, taken, verified, moved on from state to state, and what is wrong in it."""
