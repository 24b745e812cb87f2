PYTHON ?= python3
# Environments that run side by side.
JOBS ?= 2
CONSTRAINTS := constraints.txt
# The longest first: two run side by side.
TEST_ENVIRONMENTS := full-tf,jax,full-torch,core,conformance-numpy,third-party,extra,docs
# What takes long, and what few changes can break.
MORE_ENVIRONMENTS := parity,suite,conformance-jax,composites-tf,wheels,skew,security
LINT_ENVIRONMENTS := lint,types
# The columns of the scoreboard.
SCOREBOARD_BACKENDS ?= numpy jax torch tensorflow
# One thread each, as everywhere in the tests. A backend that does not conform is shown as such.
define examine
	-OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 TF_CPP_MIN_LOG_LEVEL=3 JAX_PLATFORMS=cpu .venv-scoreboard/bin/keras-conformance \
		run $(1) --strict --report .reports/scoreboard/$(1).json

endef

.PHONY: help demo test test-more lint format build audit bench bench-keras bench-training bench-training-keras bench-kernels scoreboard since clean print-test-environments

help:
	@echo "make demo    train on real images with NumPy and JAX, reload on each backend (own environment, 3 minutes)"
	@echo "make test    the tests on all four backends (own environments, 20 minutes)"
	@echo "make test-more  comparison with PyPI's Keras; tests of the conformance suite; conformance of JAX; composites in place of TensorFlow's kernels; wheels; an old plugin; security (17 minutes)"
	@echo "make lint    style, imports between rooms, static types"
	@echo "make format  bring the source into style"
	@echo "make build   wheels and sdists with their digests, in dist/"
	@echo "make audit   published vulnerabilities of what the distributions need (asks PyPI)"
	@echo "make bench   overhead of calls, recurrent layers, building and importing, on all four backends; make bench-keras: beside PyPI's keras"
	@echo "make bench-training  fit, predict and memory beside hand-written native loops; make bench-training-keras: and beside PyPI's keras"
	@echo "make bench-kernels  what each kernel gains over its composite, on all four backends"
	@echo "make scoreboard  conformance of four backends, and docs/scoreboard.md and .html made of it (20 minutes)"
	@echo "make since   record the cases of the conformance suite that are new (since.toml)"
	@echo "make clean   remove the environments and what the commands wrote"

demo: .venv-demo/ready
	.venv-demo/bin/python -m pip install --quiet --constraint $(CONSTRAINTS) ./keras-core ./keras-backend-jax
	.venv-demo/bin/python examples/demo.py

test: .venv-tox/ready
	.venv-tox/bin/tox run-parallel --parallel $(JOBS) --parallel-no-spinner -e $(TEST_ENVIRONMENTS)

test-more: .venv-tox/ready
	.venv-tox/bin/tox run-parallel --parallel $(JOBS) --parallel-no-spinner -e $(MORE_ENVIRONMENTS)

lint: .venv-tox/ready
	.venv-tox/bin/tox run-parallel --parallel $(JOBS) --parallel-no-spinner -e $(LINT_ENVIRONMENTS)

format: .venv-tox/ready
	.venv-tox/bin/tox exec -q -e lint -- ruff check --fix .
	.venv-tox/bin/tox exec -q -e lint -- ruff format .

build: .venv-tox/ready
	.venv-tox/bin/tox run -e build

audit: .venv-tox/ready
	.venv-tox/bin/tox run -e audit

bench: .venv-bench/ready
	.venv-bench/bin/python -m pip install --quiet --constraint $(CONSTRAINTS) \
		./keras-core ./keras-backend-jax ./keras-backend-torch "./keras-backend-tf[framework-cpu]"
	.venv-bench/bin/python benchmarks/run.py $(BENCH_OPTIONS)

bench-keras: .venv-bench-keras/ready
	$(MAKE) bench BENCH_OPTIONS="--keras-python .venv-bench-keras/bin/python"

bench-training: .venv-bench/ready
	.venv-bench/bin/python -m pip install --quiet --constraint $(CONSTRAINTS) psutil \
		./keras-core ./keras-backend-jax ./keras-backend-torch "./keras-backend-tf[framework-cpu]"
	for backend in numpy jax torch tensorflow; do \
		.venv-bench/bin/python benchmarks/training.py $$backend $(BENCH_OPTIONS) && \
		.venv-bench/bin/python benchmarks/memory.py $$backend || exit 1; \
	done

bench-training-keras: .venv-bench-keras/ready
	$(MAKE) bench-training BENCH_OPTIONS="--keras-python .venv-bench-keras/bin/python"

bench-kernels: .venv-bench/ready
	.venv-bench/bin/python -m pip install --quiet --constraint $(CONSTRAINTS) \
		./keras-core ./keras-backend-jax ./keras-backend-torch "./keras-backend-tf[framework-cpu]"
	.venv-bench/bin/python benchmarks/kernels.py

scoreboard: .venv-scoreboard/ready
	.venv-scoreboard/bin/python -m pip install --quiet --constraint $(CONSTRAINTS) \
		./keras-core ./conformance ./keras-backend-jax ./keras-backend-torch "./keras-backend-tf[framework-cpu]"
	$(foreach backend,$(SCOREBOARD_BACKENDS),$(call examine,$(backend)))
	.venv-scoreboard/bin/keras-conformance scoreboard $(SCOREBOARD_BACKENDS:%=.reports/scoreboard/%.json) \
		--markdown docs/scoreboard.md --html docs/scoreboard.html

since: .venv-scoreboard/ready
	.venv-scoreboard/bin/python -m pip install --quiet --constraint $(CONSTRAINTS) ./keras-core ./conformance
	.venv-scoreboard/bin/python -m keras_conformance.since conformance/src/keras_conformance/since.toml

print-test-environments:
	@echo "$(TEST_ENVIRONMENTS),$(MORE_ENVIRONMENTS)"

clean:
	rm -rf .venv-demo .venv-tox .venv-bench .venv-bench-keras .venv-scoreboard .tox .reports dist .ruff_cache .pytest_cache .hypothesis examples/output
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.venv-demo/ready: $(CONSTRAINTS)
	$(PYTHON) -m venv .venv-demo
	.venv-demo/bin/python -m pip install --quiet --constraint $(CONSTRAINTS) "scikit-learn>=1.5" "matplotlib>=3.9"
	touch $@

.venv-tox/ready:
	$(PYTHON) -m venv .venv-tox
	.venv-tox/bin/python -m pip install --quiet "tox>=4.20"
	touch $@

.venv-bench/ready: $(CONSTRAINTS)
	$(PYTHON) -m venv .venv-bench
	touch $@

.venv-bench-keras/ready: $(CONSTRAINTS)
	$(PYTHON) -m venv .venv-bench-keras
	.venv-bench-keras/bin/python -m pip install --quiet --constraint $(CONSTRAINTS) \
		keras==3.15.1 jax torch tensorflow-cpu rich
	touch $@

.venv-scoreboard/ready: $(CONSTRAINTS)
	$(PYTHON) -m venv .venv-scoreboard
	touch $@
