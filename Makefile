# Careloom. `make run` sets up and starts with demo data; `make test` sets up and tests everything.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
ARGS ?=
CORES ?= 2
WORKERS ?= $(shell echo $$(( $(CORES) * 2 )))
EFFORT ?= 30
TOPIC ?=
TOPICS := desktops failover ingest interface lists redaction sealing
export PATH := $(CURDIR)/$(BIN):$(PATH)
export CARELOOM_HOME ?= $(CURDIR)/.home
# Compiled once and kept, wherever that is switched off: every worker of the tests and every process that they start
# would compile all of it again.
export PYTHONDONTWRITEBYTECODE :=

WEB_SOURCES := $(shell find web -path web/node_modules -prune -o -path web/dist -prune -o -type f -print 2>/dev/null)

.PHONY: help run test looks chaos soak failover coverage check audit bench dev web api lock clean journeys

help: ## This list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

run: .make/python .make/web ## Set up and start with demo data; ARGS="--pace 5 --reset"
	@careloom demo $(ARGS)

dev: .make/python .make/web-packages ## Start with demo data, and the front end with live reload on port 5173
	@(cd web && npm run dev) & trap "kill $$!" EXIT; careloom demo $(ARGS)

test: .make/python .make/web .make/browser ## Set up and test everything but what is long; ARGS="-k words" picks Python tests
	@echo "[test] the front end's own tests"
	@cd web && npm run --silent test
	@echo "[test] everything but browsers and kill -9, on $(CORES) cores"
	@pytest -q -n $(WORKERS) --dist worksteal -m "not journey and not chaos" $(ARGS) || [ $$? = 5 ]
	@echo "[test] browser journeys"
	@pytest -q -m "journey and not look" -n $(WORKERS) --dist loadfile tests/journeys $(ARGS) || [ $$? = 5 ]

looks: .make/python .make/web .make/browser ## Look at every screen and dialog, in each light, width and in three languages; ARGS="-k words"
	@pytest -q -m look -n $(WORKERS) --dist loadfile tests/journeys $(ARGS) || [ $$? = 5 ]

chaos: .make/python .make/web ## Kill -9 in the middle of the demo and under load; ARGS="-k words"
	@pytest -q -m chaos -n $(WORKERS) tests/chaos $(ARGS) || [ $$? = 5 ]

soak: .make/python .make/web .make/browser ## Random input for long and with new seeds, each screen in each language; EFFORT=30
	@FUZZ_EFFORT=$(EFFORT) pytest -q -n $(CORES) --dist worksteal -k "any_input or new_breaks or any_life or hypothesis" $(ARGS) || [ $$? = 5 ]
	@FUZZ_EFFORT=$(EFFORT) pytest -q -m look -n $(CORES) --dist loadfile tests/journeys $(ARGS) || [ $$? = 5 ]

coverage: .make/python ## Which lines no test reaches, but for browsers and kill -9; ARGS="tests/routing"
	@coverage run -m pytest -q -m "not journey and not chaos" $(ARGS)
	@coverage report

check: .make/python .make/web-packages ## Format, lint, types, architecture
	@ruff format --check -q src tests bench
	@ruff check -q src tests bench
	@lint-imports --no-cache --no-logo 2>/dev/null || lint-imports --no-cache
	@pyright --pythonpath $(BIN)/python
	@cd web && npm run --silent check

audit: .make/python .make/web-packages ## Ask the advisory services about every locked package
	@test -x .make/audit/bin/pip-audit || { $(PYTHON) -m venv .make/audit && \
	  .make/audit/bin/pip install -q --disable-pip-version-check "pip-audit>=2.10,<3"; } || true
	@python scripts/audit.py

bench: .make/python $(if $(filter desktops interface failover,$(TOPIC)),.make/web .make/browser) ## Measure; TOPIC=ingest
	@test -n "$(filter $(TOPIC),$(TOPICS))" || { echo "Say which: TOPIC=... of $(TOPICS)"; exit 2; }
	@python -m bench.$(TOPIC) $(ARGS)

failover: .make/python .make/web .make/browser ## Kill the primary of a replicated database under load; ARGS="--kills 3"
	@python -m bench.failover $(ARGS)

web: .make/web ## Build the front end

api: .make/python .make/web-packages ## Write the front end's API types from the API's own description
	@careloom openapi > web/schema.json
	@cd web && npm run --silent api

lock: .make/python ## Resolve the newest allowed packages into requirements.lock
	@pip install -q "uv<1"
	@uv pip compile -q pyproject.toml --group dev --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-header --upgrade -o requirements.lock

clean: ## Remove everything that was built or installed here, and the demo's data
	@rm -rf $(VENV) .make .home web/node_modules web/dist dist build

.make/python: requirements.lock pyproject.toml
	@mkdir -p .make
	@echo "[setup] Python packages"
	@command -v $(PYTHON) >/dev/null || { echo "Careloom needs Python 3.11: set PYTHON=/path/to/python3.11"; exit 2; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

.make/web-packages: .make/python web/package.json web/package-lock.json
	@echo "[setup] front-end packages"
	@cd web && npm ci --no-audit --no-fund --loglevel=error
	@touch $@

.make/web: .make/web-packages $(WEB_SOURCES)
	@echo "[setup] building the front end"
	@cd web && npm run --silent build
	@touch $@

.make/browser: scripts/ensure-browser
	@scripts/ensure-browser
	@mkdir -p .make && touch $@
