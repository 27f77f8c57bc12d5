# Everything a contributor does. A target's comment is its help.
SHELL := /bin/bash
VENV ?= .venv
PY := $(VENV)/bin/python
PYTHON ?= python3

.DEFAULT_GOAL := help
.PHONY: help install demo test test-fast promqltest hostile fuzz parity routing lint web-check peers bench bench-quick bench-load clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

UI := $(shell find web -name node_modules -prune -o -type f -print)

$(VENV)/.installed: pyproject.toml hatch_build.py $(UI)
	test -x $(PY) || $(PYTHON) -m venv $(VENV)
	$(PY) -m pip install --quiet --disable-pip-version-check --editable ".[server,dev]"
	@touch $@

install: $(VENV)/.installed ## Make .venv with Watchglass, its UI and the tools to work on it

$(VENV)/.demo: pyproject.toml hatch_build.py $(UI)
	@echo "Installing (about a minute the first time) ..."
	@test -x $(PY) || $(PYTHON) -m venv $(VENV)
	@$(PY) -m pip install --quiet --disable-pip-version-check --editable ".[server]"
	@touch $@

demo: $(VENV)/.demo ## Install, simulate five systems with 30 days of history, watch them, and open the browser
	@exec $(PY) -m watchglass demo

test: install peers lint web-check ## Run every check and test; this is what CI runs
	$(PY) -m pytest

test-fast: install ## Run the tests that need no real peer and no browser
	$(PY) -m pytest -m "not real and not browser and not slow"

PROMQLTEST ?= ../shared/promqltest

promqltest: install ## Judge Prometheus's own PromQL tests, the *.test files in PROMQLTEST=DIR
	$(PY) tests/promql/run_promqltest.py $(PROMQLTEST)

SHARED ?= ../shared

parity: install peers ## Ask Debian's Prometheus and Watchglass the same of one made day; SHARED=DIR holds the guides' queries
	$(PY) tests/parity/run_parity.py $(SHARED)

SEED ?=
QUERIES ?= 20000

fuzz: install peers ## Judge random queries over random data by Prometheus: SEED=n QUERIES=20000
	PYTHONPATH=tests/promql $(PY) tests/fuzz/run_fuzz.py --queries $(QUERIES) $(if $(SEED),--seed $(SEED))

HISTORIES ?= 2000

routing: install peers ## Run random alert histories beside Debian's Alertmanager, twice, in real time: SEED=n HISTORIES=2000
	$(PY) tests/alerting/differential.py --histories $(HISTORIES) --seed $(or $(SEED),1)

MUTATIONS ?= 100000

hostile: install ## Attack a real server, and the engine with mutated queries: SEED=n MUTATIONS=100000
	WATCHGLASS_MUTATIONS=$(MUTATIONS) WATCHGLASS_MUTATION_SEED=$(or $(SEED),1) $(PY) -m pytest tests/hostile -rP

lint: install ## Check style, types and the direction of imports
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports

web-check: install ## Type-check, lint and unit-test the web UI
	$(PY) scripts/npm.py ci --no-audit --no-fund
	$(PY) scripts/npm.py run check

peers: ## Install the real Prometheus, exporters and browser that the tests run against
	@scripts/install-peers

bench: install peers ## Measure against Debian's Prometheus, side by side (up to 30 minutes)
	$(PY) benchmarks/run.py

bench-quick: install peers ## The same in 3 minutes, smaller
	$(PY) benchmarks/run.py --quick

bench-load: install peers ## Ten minutes of scraping, dashboards and hostile queries
	$(PY) benchmarks/run.py load

clean: ## Remove what was built
	rm -rf $(VENV) build dist web/node_modules src/watchglass/serve/static .mypy_cache .ruff_cache .pytest_cache
