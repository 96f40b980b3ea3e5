# Quandary: `make run` shows the main job on the flagship, `make test` checks everything.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.ready

.PHONY: run test fuzz fix bench clean setup check-python lint types imports tests lock

run: $(STAMP)
	$(BIN)/quandary run kazakhstan-2022

test: lint types imports tests

lint: $(STAMP)
	$(BIN)/ruff format --check src tests bench docs
	$(BIN)/ruff check src tests bench docs

types: $(STAMP)
	$(BIN)/mypy

imports: $(STAMP)
	$(BIN)/lint-imports --no-cache

tests: $(STAMP)
	$(BIN)/python -m pytest -n 2 --dist worksteal

# Minutes instead of seconds of hostile inputs: 20,000 for each reader.
fuzz: $(STAMP)
	QUANDARY_FUZZ=$${QUANDARY_FUZZ:-20000} $(BIN)/python -m pytest -n 2 --dist worksteal tests/fuzz

fix: $(STAMP)
	$(BIN)/ruff check --fix src tests bench docs
	$(BIN)/ruff format src tests bench docs
	$(BIN)/python docs/generate.py

bench: $(STAMP)
	$(BIN)/python bench/run.py

setup: $(STAMP)

check-python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  echo 'Quandary needs Python 3.11 or newer as "$(PYTHON)". On Debian or Ubuntu:'; \
	  echo '    sudo apt install python3.11 python3.11-venv'; \
	  echo 'then run: make PYTHON=python3.11 $(MAKECMDGOALS)'; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { \
	  echo 'Python has no venv module here. On Debian or Ubuntu:'; \
	  echo "    sudo apt install python$$($(PYTHON) -c 'import sys; print("%d.%d" % sys.version_info[:2])')-venv"; exit 1; }

$(STAMP): pyproject.toml requirements.lock | check-python
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	$(BIN)/python -m compileall -q src/quandary
	$(BIN)/python -m quandary.solve.preparing
	@touch $(STAMP)

# Renew the lock file after a change of dependencies (needs `uv`, from the package index).
lock:
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header \
	  --extra read --extra pandas --extra report --extra fast --group dev --output-file requirements.lock pyproject.toml

clean:
	rm -rf $(VENV) dist build .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache bench/out
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
