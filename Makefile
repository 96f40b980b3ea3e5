# Quandary: `make run` shows the main job on the flagship, `make test` checks everything, `make quick` most of it in a minute.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.ready
LOG := $(VENV)/setup.log
PIP := $(BIN)/python -m pip install --disable-pip-version-check

.PHONY: run serve test quick laws fuzz fix bench dist clean setup check-python lint types imports tests lock

run: $(STAMP)
	$(BIN)/quandary run kazakhstan-2022

# The flagship's page in your browser, until Ctrl-C.
serve: $(STAMP)
	$(BIN)/quandary serve kazakhstan-2022 --open

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

# What is run all day: without wheels, fuzzing, processes, collections of games and whatever takes a second or more.
quick: lint
	$(BIN)/python -m pytest -n 2 --dist worksteal -m "not slow"

# Laws of what answers mean, on 300 random cases each, or so many as a law says; make test tries some of them.
LAWS := tests/meaning tests/laws tests/use/test_session_moves.py tests/ask/test_advice.py tests/ask/test_choice.py tests/ask/test_rests.py \
  tests/ask/test_wide_conditions.py tests/case tests/read/test_read_laws.py tests/quantities/test_design.py \
  tests/engine/test_barred_games.py tests/solve/test_crossings.py tests/solve/test_statement_laws.py tests/solve/test_slopes.py \
  tests/solve/test_zero_sum.py
laws: $(STAMP)
	QUANDARY_LAWS=$${QUANDARY_LAWS:-300} $(BIN)/python -m pytest -n 2 --dist worksteal $(LAWS)

# Minutes instead of seconds of hostile inputs: 20,000 for each reader; 200 kills of processes that write to a ledger.
fuzz: $(STAMP)
	QUANDARY_FUZZ=$${QUANDARY_FUZZ:-20000} $(BIN)/python -m pytest -n 2 --dist worksteal tests/fuzz tests/ledger/test_writers.py

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

# One step of the set-up: one line for people, everything else in the log, which is named if the step fails.
define step
	@printf '%s\n' $(1)
	@{ $(2); } >>$(LOG) 2>&1 || { tail -n 15 $(LOG); echo 'That step failed; its whole log is $(LOG).'; exit 1; }
endef

$(STAMP): pyproject.toml requirements.lock | check-python
	@mkdir -p $(VENV) && : >$(LOG)
	$(call step,'Setting up $(VENV) once (log: $(LOG)) ...',test -x $(BIN)/python || $(PYTHON) -m venv $(VENV))
	$(call step,'Installing what Quandary needs ...',$(PIP) --no-deps --require-hashes -r requirements.lock)
	$(call step,'Installing Quandary ...',$(PIP) --no-deps --no-build-isolation --editable .)
	$(call step,'Compiling for this machine ...',$(BIN)/python -m compileall -q src/quandary && $(BIN)/python -m quandary.solve.preparing)
	@touch $(STAMP)

dist: $(STAMP)
	@$(BIN)/python -m hatchling build -t wheel

# Renew the lock file after a change of dependencies (needs `uv`, from the package index).
lock:
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header \
	  --extra read --extra pandas --extra report --extra fast --extra postgres --extra web --group dev --output-file requirements.lock pyproject.toml

clean:
	rm -rf $(VENV) dist build .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache bench/out
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
