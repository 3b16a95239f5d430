"""Two people sign a snapshot: what they are shown, who may not be one of them, and the certificate."""
