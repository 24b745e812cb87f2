"""Keras as an open plugin ecosystem: the Keras API over backends that are ordinary packages."""
