"""The state's desk: what the state looks after for everybody, each act with a preview, an event, and a way back."""
