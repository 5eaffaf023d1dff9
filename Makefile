# `make` alone lists the targets.

MAKEFLAGS += --no-print-directory
PYTHON_IN := .venv/bin/python
PIP := $(PYTHON_IN) -m pip install -q --disable-pip-version-check
PYTEST := $(PYTHON_IN) -m pytest
BUILT := server/client_build/build.json
SOURCES := run.py cli devtools server storage game_engine scripts tests benchmarks
# Some hosts set a Python path or pytest options, or keep Python from caching compiled files. The checks take their
# options from pyproject.toml only.
unexport PYTHONPATH PYTHONDONTWRITEBYTECODE PYTEST_ADDOPTS

.DEFAULT_GOAL := help
.PHONY: help run cluster build check test lint format client unit browser nightly bench docs lock migrate clean

help: ## list the targets
	@echo "Croupier: play for chips, live. Targets:"
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 18

run: .venv/.run $(BUILT) ## install, migrate and start the server in demo mode (CROUPIER_PORT=9000 make run)
	@exec $(PYTHON_IN) run.py serve --demo

cluster: .venv/.dev $(BUILT) ## try two nodes with a PostgreSQL and a Redis of their own (ports 8081 and 8082)
	@exec $(PYTHON_IN) run.py cluster

build: $(BUILT) ## bundle the browser client, if its sources have changed

migrate: .venv/.run ## bring the database up to date
	@$(PYTHON_IN) run.py migrate

check: .venv/.dev node_modules/.dev ## the inner loop, two minutes: lint, types, house rules, engine, storage on SQLite, client
	@$(MAKE) lint client
	$(PYTEST) -n 2 --dist worksteal -m "not nightly and not postgresql" tests/house tests/game_engine tests/storage

test: .venv/.dev node_modules/.dev $(BUILT) .venv/.chromium .venv/.proxy ## everything that must hold before a change lands, the browser included
	@$(MAKE) -j 2 lint client
	@$(MAKE) unit
	@$(MAKE) browser

lint: .venv/.dev node_modules/.dev ## formatting, linting and strict types, Python and JavaScript
	$(PYTHON_IN) -m ruff format --check -q $(SOURCES)
	$(PYTHON_IN) -m ruff check -q $(SOURCES)
	$(PYTHON_IN) -m mypy --no-error-summary
	@$(PYTHON_IN) -m tests.house.sizes
	@scripts/npm run --silent lint
	@scripts/npm run --silent types

format: .venv/.dev node_modules/.dev ## format Python and JavaScript and apply the linters' safe fixes
	$(PYTHON_IN) -m ruff format $(SOURCES)
	$(PYTHON_IN) -m ruff check --fix $(SOURCES)
	@scripts/npm run --silent format

client: node_modules/.dev ## the tests of the browser client that need no browser
	@scripts/npm test --silent

unit: .venv/.dev node_modules/.dev $(BUILT) .venv/.proxy ## the Python tests that need no browser
	$(PYTEST) -n 4 --dist worksteal --ignore=tests/browser

browser: .venv/.dev node_modules/.dev $(BUILT) .venv/.chromium .venv/.proxy ## the tests in a real Chromium
	$(PYTEST) -n 3 --dist worksteal tests/browser

nightly: .venv/.dev node_modules/.dev $(BUILT) .venv/.chromium .venv/.proxy ## soaks, chaos and the full matrix
	$(PYTEST) -m nightly --timeout=3600 --ignore=tests/browser
	$(PYTEST) -m nightly --timeout=3600 tests/browser

bench: .venv/.dev $(BUILT) .venv/.chromium ## measure; the figures are in docs/benchmarks.md
	$(PYTHON_IN) -m benchmarks

docs: .venv/.run ## generate the pages that come from the code
	@$(PYTHON_IN) -m cli.protocol_docs
	@$(PYTHON_IN) -m cli.types_js

lock: .venv/.dev ## pin the Python packages that pyproject.toml names, with hashes
	@scripts/lock

clean: ## remove what was installed and cached; the data in var/ stays
	rm -rf .venv .cache .mypy_cache .ruff_cache .hypothesis node_modules server/client_build benchmarks/build
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Installed packages, updated when their lists change.

.venv/bin/python:
	@scripts/python-env

.venv/.run: requirements.txt | .venv/bin/python
	@echo "Installing the Python packages…"
	@$(PIP) -r requirements.txt
	@touch $@

.venv/.dev: requirements.txt requirements-dev.txt | .venv/bin/python
	@echo "Installing the Python packages of the checks…"
	@$(PIP) -r requirements-dev.txt
	@touch $@ .venv/.run

node_modules/.run: package.json package-lock.json .npmrc | .venv/.run
	@echo "Installing the browser client's packages…"
	@scripts/npm ci --silent --omit=dev
	@touch $@

node_modules/.dev: package.json package-lock.json .npmrc | .venv/.dev
	@echo "Installing the browser client's packages and its checks…"
	@scripts/npm ci --silent
	@touch node_modules/.run $@

# Folders too, whose times say when a file came or went.
$(BUILT): $(shell find server/client) package.json package-lock.json scripts/build_client.js | node_modules/.run
	@echo "Building the browser client…"
	@scripts/npm run --silent build

.venv/.chromium: | .venv/.dev
	@scripts/chromium
	@touch $@

.venv/.proxy: | .venv/.dev
	@scripts/haproxy
	@touch $@
