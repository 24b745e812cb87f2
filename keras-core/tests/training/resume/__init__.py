"""Training that is interrupted, and goes on in another process."""
