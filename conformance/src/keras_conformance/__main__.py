"""`python -m keras_conformance` is the command `keras-conformance`."""

import sys

from keras_conformance.cli import main

sys.exit(main())
