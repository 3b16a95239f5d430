"""An invented state whose file types bring their own rows: one by a key, one by a group."""
