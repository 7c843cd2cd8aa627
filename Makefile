# The one entry point: `make run` and `make test` are all that a fresh machine needs.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
UV := $(shell command -v uv 2>/dev/null)
INSTALLED := $(VENV)/.installed

.PHONY: help install run test check format lint types imports tests documents model bench lock clean

help: ## Say what there is
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

install: $(INSTALLED) ## Make .venv, with the citaatwacht command in it

# A venv of uv's has no pip, and one of pip's serves uv as well: each makes its own if there is none.
$(INSTALLED): requirements-dev.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or newer is needed; try: make PYTHON=python3.11 $(MAKECMDGOALS)" >&2; exit 1; }
ifdef UV
	test -x $(BIN)/python || uv venv --quiet --python $(PYTHON) $(VENV)
	uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements-dev.lock
	uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation -e .
else
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
endif
	@touch $@

run: install ## Start: the bot with a token, the demonstration and the console chat without
	$(BIN)/citaatwacht run

test: check ## Same as check

check: format lint types imports tests ## Format, lint, types, import contracts and tests

format: install
	$(BIN)/ruff format --check .

lint: install
	$(BIN)/ruff check .

types: install
	$(BIN)/mypy

imports: install
	$(BIN)/lint-imports

# Each process of the tests has a PostgreSQL of its own, and some start the worker that holds the Dutch pipeline.
tests: install
	$(BIN)/pytest -n auto --maxprocesses 4 --dist loadfile

documents: install ## Write the transcript and the pictures of the docs anew (the pictures need Chromium)
	WRITE_DOCS=1 $(BIN)/pytest -q tests/test_transcript.py
	$(BIN)/python -m tests.pictures

model: install ## Train the Dutch pipeline anew from ../shared (about an hour on one core)
	OMP_NUM_THREADS=1 $(BIN)/python -m training --ud ../shared/ud --text ../shared/text \
		--articles ../shared/gold/articles --out bot/quotes/model

bench: install ## Measure, JSON out
	$(BIN)/citaatwacht bench --json

lock: ## Write the lock files anew (needs uv)
	uv pip compile pyproject.toml --universal --python-version 3.11 --no-emit-index-url --generate-hashes --quiet \
		-o requirements.lock
	uv pip compile pyproject.toml --group dev --universal --python-version 3.11 --no-emit-index-url --generate-hashes \
		--quiet -c requirements.lock -o requirements-dev.lock

clean: ## Remove the environment and the caches (never the data)
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis build dist
