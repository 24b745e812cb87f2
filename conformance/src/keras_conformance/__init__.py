"""The conformance suite that every backend of keras-core must pass: a pytest plugin, a command, and the cases."""
