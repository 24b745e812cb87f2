"""Random calls of random ops, compared with NumPy: `python -m keras_conformance.fuzz BACKEND --seconds 60`.

No part of the verdict on a backend: what it finds is printed as a case for `cases/recurring_*.py`, where it is checked
in each run from then on.
"""
