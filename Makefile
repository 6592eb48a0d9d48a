# One command sets up and runs the main job (make demo), one sets up and runs the tests (make test).
# Needs only Python >= 3.11, git and make; everything else is locked by hash and lives in .venv.

PYTHON ?= python3
PYTEST_ARGS ?=

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
CREATED := $(VENV)/.created
RUNTIME := $(VENV)/.runtime-installed
DEV := $(VENV)/.dev-installed
TYPED := salespm_flow tests $(wildcard benchmarks)

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo test coverage mutation check format docs bench lock clean

help:
	@echo "make demo     set up, then advance a sales project from research to delivery"
	@echo "make test     set up, then run every test (PYTEST_ARGS='-k name' for some)"
	@echo "make coverage the same, telling which branches no test takes"
	@echo "make mutation change the shipped definitions and see which scenarios notice (minutes)"
	@echo "make check    format, lint, types, import contracts, unused things"
	@echo "make format   rewrite the files as 'make check' wants them"
	@echo "make docs     renew the generated parts of the docs"
	@echo "make bench    measure against peers and limits"
	@echo "make lock     renew requirements/*.txt"
	@echo "make clean    remove everything that these commands made"

$(CREATED):
	@command -v $(PYTHON) >/dev/null 2>&1 || { \
	    echo "error: '$(PYTHON)' was not found; install Python 3.11 or newer, or name one: make PYTHON=python3.12" >&2; \
	    exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	    echo "error: $$($(PYTHON) --version) is too old; Python 3.11 or newer is needed: make PYTHON=python3.11" >&2; \
	    exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
	    echo "error: '$(PYTHON)' cannot make virtual environments; on Debian and Ubuntu: apt-get install python3-venv" >&2; \
	    exit 1; }
	$(PYTHON) -m venv $(VENV)
	@touch $@

# The project is installed in place; --no-deps and --no-build-isolation keep pip from fetching anything unlocked.
$(RUNTIME): requirements/runtime.txt requirements/build.txt pyproject.toml | $(CREATED)
	$(PIP) install --quiet --require-hashes -r requirements/runtime.txt -r requirements/build.txt
	$(PIP) install --quiet --no-deps --no-build-isolation -e .
	@touch $@

# dev.txt holds the same versions as the other two and more.
$(DEV): requirements/dev.txt $(RUNTIME)
	$(PIP) install --quiet --require-hashes -r requirements/dev.txt
	@touch $@

demo: $(RUNTIME)
	@$(BIN)/salespm-flow demo

# A process per core; the tests of one file stay together, so that what they share is built once.
test: $(DEV)
	$(BIN)/python -m pytest --numprocesses=auto --dist=loadfile $(PYTEST_ARGS)

coverage: $(DEV)
	$(BIN)/python -m pytest --numprocesses=auto --dist=loadfile --cov --cov-report=term $(PYTEST_ARGS)

mutation: $(DEV)
	$(BIN)/python -m tests.mutation.behaviour

# All of them run, so that one call tells everything that is wrong.
check: $(DEV)
	@failed=; \
	for tool in "ruff format --check ." "ruff check ." "mypy $(TYPED)" lint-imports "deptry salespm_flow" vulture; do \
	    echo "== $$tool"; $(BIN)/$$tool || failed="$$failed [$$tool]"; \
	done; \
	if [ -n "$$failed" ]; then echo "make check: failed:$$failed" >&2; exit 1; fi; \
	echo "make check: all passed"

format: $(DEV)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix-only --quiet .

docs: $(DEV)
	$(BIN)/python -m docs.generate

bench: $(DEV)
	@set -e; if [ -e benchmarks/__main__.py ]; then $(BIN)/python -m benchmarks; else \
	    for script in benchmarks/bench_*.py; do echo "== $$script"; $(BIN)/python "$$script"; done; \
	fi

# `make lock` keeps what is locked as long as it fits; LOCK_ARGS=--upgrade takes the newest of everything.
# Extras are kept: pip, asked for hashes, takes `coverage[toml]` for another package than a locked `coverage` as soon as
# a newer one is published, and refuses it.
# dev.txt first: the smaller two are cut from it, so that one package never has two versions.
LOCKER := .venv-lock
UV_COMPILE = $(LOCKER)/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
    --no-strip-extras --no-emit-index-url --no-emit-find-links \
    --custom-compile-command 'make lock'
lock: $(CREATED)
	$(PYTHON) -m venv $(LOCKER)
	$(LOCKER)/bin/python -m pip --disable-pip-version-check install --quiet uv
	$(UV_COMPILE) $(LOCK_ARGS) pyproject.toml --group dev --output-file requirements/dev.txt
	$(UV_COMPILE) pyproject.toml --constraints requirements/dev.txt --output-file requirements/runtime.txt
	$(UV_COMPILE) --group build --constraints requirements/dev.txt --output-file requirements/build.txt
	@if grep -n '://' requirements/*.txt; then echo "error: a lock names an address" >&2; exit 1; fi
	@rm -rf $(LOCKER)

clean:
	rm -rf $(VENV) $(LOCKER) build dist .coverage .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache \
	    tests/editor/node_modules
	find salespm_flow tests -name __pycache__ -type d -prune -exec rm -rf {} +
