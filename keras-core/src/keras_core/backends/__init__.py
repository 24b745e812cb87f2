"""Backends that core brings along; they use the same hooks as those from outside."""
