# One command for each thing. The virtual environment is made when it is missing or pyproject.toml has changed.

# The first Python that is new enough and really runs (a version manager may have names that lead nowhere).
NEW_ENOUGH := import sys; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(shell for python in python3 python3.13 python3.12 python3.11 python3.14; do \
	$$python -c '$(NEW_ENOUGH)' 2>/dev/null && echo $$python && break; done)
BIN := .venv/bin
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# Bytecode is written, whatever the machine has set: each of the commands would compile the whole program anew.
export PYTHONDONTWRITEBYTECODE :=
COMPILE := $(BIN)/python -m compileall -q
MDFORMAT := $(BIN)/mdformat --wrap 100 --number --compact-tables
MARKDOWN := $(wildcard *.md) bench docs examples findings src tests

.PHONY: help install quick check lock sbom bench bench-peers breaks plans properties demo test lint format types contracts docs docs-check clean
.DEFAULT_GOAL := help

help:  ## Say what each target does (this text)
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

install: .venv/.installed  ## Make the virtual environment with what the program needs (1 minute, the first time 3)

check:  ## All checks of CI, from lint to the demo's walk (20 minutes)
	bash .ci/run

demo: .venv/.installed  ## Set up and serve the invented demo state (1 minute, the first time 3)
	$(BIN)/tidegate demo $(ARGS)

# Three processes for two cores: one waits for a worker, a browser or a disk while the others compute.
test: .venv/.installed-dev  ## The whole test suite in three processes (14 minutes)
	$(BIN)/pytest --numprocesses 3 --no-loadscope-reorder $(ARGS)

quick: .venv/.installed-dev  ## The tests of rules, constraints, permissions, pages and the house (2 minutes)
	$(BIN)/pytest --numprocesses 2 tests/core/rules tests/file_types tests/accounts/test_permissions.py tests/records/test_record_models.py tests/house tests/web/test_every_page_as_every_role.py $(ARGS)

lint: .venv/.installed-dev  ## ruff, djlint and mdformat (10 seconds)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(MDFORMAT) --check $(MARKDOWN)
	$(BIN)/djlint --quiet --lint src/tidegate/web/templates

format: .venv/.installed-dev  ## Put the code into its form
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/ruff format .
	$(MDFORMAT) $(MARKDOWN)

types: .venv/.installed-dev  ## mypy, strict (half a minute)
	$(BIN)/mypy

contracts: .venv/.installed-dev  ## The one way down, by import-linter (5 seconds)
	$(BIN)/lint-imports

# A part of it: make breaks ARGS="--part 1/4". Two processes, since each waits half of its time for what it has killed.
breaks: .venv/.installed-dev  ## The long tests: workers killed at every step, 1,000 races (an hour)
	$(BIN)/pytest --long --timeout 0 -s -v -p no:randomly --numprocesses 2 --no-loadscope-reorder tests/running $(ARGS)

plans: .venv/.installed-dev  ## The long tests of plans: 10,000 files, and 1,000 exports sent again (hours)
	$(BIN)/pytest --long --timeout 0 -s -p no:randomly tests/uploads/lifecycle/loading/test_plan_equals_load.py tests/uploads/lifecycle/exports/test_exported_again.py $(ARGS)

properties: .venv/.installed-dev  ## The long tests of reading, checking and the API: 1,000 examples of each property (half an hour)
	$(BIN)/pytest --long --timeout 0 --numprocesses 2 tests/api tests/core tests/corpus tests/records $(ARGS)

# OTHER=PATH names a checkout of the build that is compared with, OTHER_NAME how the table calls it.
bench: .venv/.installed-bench  ## The races of all targets, as ratios in one run (hours)
	$(COMPILE) src bench
	$(BIN)/python -m bench.targets $(if $(OTHER),--other $(OTHER)) $(if $(OTHER_NAME),--other-name $(OTHER_NAME)) $(ARGS)

bench-peers: .venv/.installed-bench  ## The races with other tools, on simple files (an hour)
	$(COMPILE) src bench
	$(BIN)/python -m bench.run $(ARGS)

docs: .venv/.installed-dev  ## Write docs/reference/, docs/uploading/programs.md and codes.lock anew (5 seconds)
	$(BIN)/python -m tools.make_docs

docs-check: .venv/.installed-dev  ## Say which generated pages are stale
	$(BIN)/python -m tools.make_docs --check

clean:  ## Remove the virtual environment and the demo's data
	rm -rf .venv demo-data

lock: .venv/bin/python pyproject.toml  ## Write requirements/*.lock anew: pinned versions with hashes (10 seconds)
	$(BIN)/python -m pip install --quiet --group lock
	for name in run dev bench release; do $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
		--no-header --no-annotate pyproject.toml --group build $$([ $$name = run ] || echo --group $$name) \
		--output-file requirements/$$name.lock; done

sbom: .venv/bin/python  ## Write dist/: the release wheel, its SBOM and the list of third parties (2 minutes)
	$(BIN)/python tools/make_sbom.py

.venv/bin/python:
	@test -n "$(PYTHON)" || { echo "tidegate needs Python 3.11 or newer; name it with make PYTHON=/path/to/python"; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --upgrade "pip>=25.1"

# Everything is installed from the lock files: the same versions next year, each file compared with its hash.
.venv/.installed: .venv/bin/python pyproject.toml requirements/run.lock
	$(BIN)/python -m pip install --quiet --require-hashes --requirement requirements/run.lock
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	$(COMPILE) src
	touch $@

.venv/.installed-bench: .venv/.installed requirements/bench.lock
	$(BIN)/python -m pip install --quiet --require-hashes --requirement requirements/bench.lock
	touch $@

.venv/.installed-dev: .venv/.installed requirements/dev.lock
	$(BIN)/python -m pip install --quiet --require-hashes --requirement requirements/dev.lock
	touch $@
