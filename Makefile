# The verbs of the house, the same on a laptop and in CI. All they need is Python 3.11+ and a network.
#
# The environment is made once, in .venv, and again when what it is made of changes.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
# Six processes start at once, and each would compile its thousand modules again every time.
unexport PYTHONDONTWRITEBYTECODE

# Another interpreter: make demo PYTHON=/path/to/python3
PYTHON ?=
# Arguments for the tests: make test ARGS="tests/unit -x"
ARGS ?=
# Tests run in three processes, a file in one of them, each with a broker and an engine of its own
BESIDE := --numprocesses 3 --dist loadfile --no-loadscope-reorder
# How long the long ones run; they go on where they were broken off, and begin anew with ARGS=--again
SEEDS ?= 100
MINUTES ?= 60

VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
WEB := dashboard/whiteboard/web
BUILT := dashboard/whiteboard/built/manifest.json
UV_LOCK := deploy/local/uv.lock.txt
LOCK := $(BIN)/uv pip compile --quiet --generate-hashes --universal --python-version 3.11 --no-header --no-emit-index-url

.PHONY: help
help: ## what can be done
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: demo
demo: $(BUILT) ## everything, with a fictional company in it: a board that moves (ARGS="--size medium")
	@exec $(BIN)/oneboard demo $(ARGS)

.PHONY: up
up: $(BUILT) ## everything, without data
	@exec $(BIN)/oneboard up

.PHONY: test
test: $(BUILT) ## every test, on the real Kafka, the real engine and a real browser
	@browser=$$($(BIN)/python -m deploy.local.chromium); ONEBOARD_CHROMIUM="$$browser" exec $(BIN)/pytest $(BESIDE) $(ARGS)

.PHONY: check
check: $(BUILT) ## style, types and which room may know which
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m deploy.local.web check
	$(BIN)/lint-imports

.PHONY: bench
bench: $(BUILT) ## how fast it is, in figures
	@exec $(BIN)/python -m tests.bench

.PHONY: bench-rca
bench-rca: $(READY) ## causes found on published cases: F1, first five, seconds (ARGS=--cross-validate)
	@POLARS_MAX_THREADS=1 exec $(BIN)/python -m tests.bench.rca $(ARGS)

.PHONY: bench-forecast
bench-forecast: $(READY) ## hierarchical forecasts of published data: error by level, held intervals, seconds
	@OPENBLAS_NUM_THREADS=1 exec $(BIN)/python -m tests.bench.forecast $(ARGS)

.PHONY: bench-calibration
bench-calibration: $(READY) ## of the intervals of landings, how many hold, out of time (ARGS=--published)
	@OPENBLAS_NUM_THREADS=1 POLARS_MAX_THREADS=1 exec $(BIN)/python -m tests.bench.calibration $(ARGS)

.PHONY: bench-planted
bench-planted: $(READY) ## planted problems, known answers, SEEDS months: found, right person, false alarms
	@POLARS_MAX_THREADS=1 exec $(BIN)/python -m tests.bench.planted --seeds $(SEEDS) $(ARGS)

.PHONY: bench-loop
bench-loop: $(READY) ## planted problems acted on, the remedy applied or not: does the check say rightly which
	@POLARS_MAX_THREADS=1 exec $(BIN)/python -m tests.bench.loop $(ARGS)

.PHONY: shots
shots: $(BUILT) ## a picture of every page at three sizes, in both languages, into build/shots
	@exec $(BIN)/python -m tests.shots $(ARGS)

.PHONY: faults
faults: $(BUILT) ## kill, pause and fill everything, SEEDS times: is every sum right, and how soon
	@exec $(BIN)/python -m tests.faults --seeds $(SEEDS) $(ARGS)

.PHONY: soak
soak: $(BUILT) ## a live stream for MINUTES: does memory stay flat
	@exec $(BIN)/python -m tests.soak --minutes $(MINUTES) $(ARGS)

.PHONY: clean
clean: ## forget the data of `make demo` and `make up`; what was installed stays
	@if [ -x $(BIN)/python ]; then exec $(BIN)/python -m deploy.local.forget; else echo "There is nothing to forget."; fi

.PHONY: lock
lock: $(READY) ## write the locks anew: Python's packages, uv, Kafka's jars
	$(LOCK) --extra dev -o requirements.lock pyproject.toml
	echo uv | $(LOCK) -o $(UV_LOCK) -
	$(BIN)/python -m deploy.local.fetching

# The whiteboard's front end, with Node from a wheel.
$(BUILT): $(wildcard $(WEB)/*.json $(WEB)/*.ts $(WEB)/src/*) | $(READY)
	@$(BIN)/python -m deploy.local.web

# Where a step fails, what to do is said in the last line.
$(READY): requirements.lock pyproject.toml $(UV_LOCK)
	@python=$$(deploy/local/find-python "$(PYTHON)"); \
	if ! $(BIN)/python -c '' 2> /dev/null; then \
	  echo "Making $(VENV) with $$python"; \
	  "$$python" -m venv --clear $(VENV) > /dev/null || { rm -rf $(VENV); \
	    echo "$$python cannot make virtual environments: install its venv module (on Debian: apt-get install python3-venv)." >&2; exit 1; }; \
	fi
	@echo "Installing what oneboard is made of (a few minutes the first time)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $(UV_LOCK) \
	  || { echo "uv could not be installed: check the network and run this again." >&2; exit 1; }
	@VIRTUAL_ENV=$(VENV) $(BIN)/uv pip install --compile-bytecode --require-hashes -r requirements.lock \
	  && VIRTUAL_ENV=$(VENV) $(BIN)/uv pip install --quiet --no-deps --no-build-isolation -e . \
	  || { echo "The packages could not be installed: check the network and the disk, and run this again." >&2; exit 1; }
	@touch $(READY)
