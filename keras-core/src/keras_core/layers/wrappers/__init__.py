"""Layers that change what another layer does."""
