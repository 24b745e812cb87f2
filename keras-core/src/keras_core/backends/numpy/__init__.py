"""The embedded NumPy backend: the default, and the reference for what the contract means."""
