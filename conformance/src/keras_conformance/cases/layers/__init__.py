"""Layers of core in the configurations in which every backend must compute them, one family a file."""
