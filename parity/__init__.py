"""Comparison with Keras: PyPI's `keras` runs beside `keras_core` on the same inputs, as a black box.

It only tests, and is no distribution. `CONTRIBUTING.md` says how it is run; `docs/parity.md` is what it says.
"""
