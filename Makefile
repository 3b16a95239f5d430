# One command for each thing. The virtual environment is made when it is missing or pyproject.toml has changed.

PYTHON ?= $(shell command -v python3.13 || command -v python3.12 || command -v python3.11 || command -v python3)
BIN := .venv/bin
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: demo test lint format types contracts docs docs-check clean

demo: .venv/.installed
	$(BIN)/tidegate demo $(ARGS)

test: .venv/.installed-dev
	$(BIN)/pytest $(ARGS)

lint: .venv/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/djlint --quiet --lint src/tidegate/web/templates

format: .venv/.installed-dev
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/ruff format .

types: .venv/.installed-dev
	$(BIN)/mypy

contracts: .venv/.installed-dev
	$(BIN)/lint-imports

docs: .venv/.installed
	$(BIN)/python tools/make_docs.py

docs-check: .venv/.installed
	$(BIN)/python tools/make_docs.py --check

clean:
	rm -rf .venv demo-data

.venv/bin/python:
	$(PYTHON) -c 'import sys; sys.exit("tidegate needs Python 3.11 or newer" if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --upgrade "pip>=25.1"

.venv/.installed: .venv/bin/python pyproject.toml
	$(BIN)/python -m pip install --quiet --editable .
	touch $@

.venv/.installed-dev: .venv/.installed
	$(BIN)/python -m pip install --quiet --group dev
	touch $@
