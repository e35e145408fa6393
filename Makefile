# Every target does its own set-up: only Python 3.11+, pip and make are needed.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.ready

.DEFAULT_GOAL := help
.PHONY: help setup demo test check bench data lock clean

help: ## show this list
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  \1\t/' | expand -t 12

setup: $(STAMP) ## make .venv with .venv/bin/alnage

$(STAMP): requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("Alnage needs Python 3.11 or newer; set PYTHON=python3.11")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $(STAMP)

demo: setup ## run the bundled consignment and the enterprise
	$(BIN)/alnage demo --out build/demo

test: setup ## run all tests, coverage shown
	$(BIN)/python -m pytest -n 2 --cov --cov-report=term

check: setup ## lint, types, layers, word catalogues
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python scripts/words.py check

bench: setup ## measure, as ratios within one run
	$(BIN)/python -m bench



data: setup ## rebuild bundled registers, packs and examples from ../shared/facts
	$(BIN)/python scripts/build_registers.py ../shared/facts
	$(BIN)/python scripts/build_figures.py ../shared/facts
	$(BIN)/python scripts/build_examples.py

lock: ## pin every dependency anew (needs uv)
	uv pip compile pyproject.toml --group dev --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-emit-find-links --no-header --no-annotate --quiet -o requirements.lock

clean: ## remove what the targets made
	rm -rf $(VENV) build .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage
