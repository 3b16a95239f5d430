"""What a worker has beside the upload: its lease, the lock, the time limit, the progress, and what interrupts it."""
