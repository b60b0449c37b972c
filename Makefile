# Heardback. `make` lists what there is to make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
RUN := $(VENV)/.run-stamp
DEV := $(VENV)/.dev-stamp
PYTEST := $(BIN)/python -m pytest -n 2
UV := 0.13.9

.DEFAULT_GOAL := help
.PHONY: help run demo test test-full lint format openapi migration lock bench image-check clean
.DELETE_ON_ERROR:

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1|\2/' | column -t -s '|' 2>/dev/null \
	  || grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST)

run: $(RUN) ## set everything up, play a hiring round the first time, then keep the service running
	$(BIN)/heardback demo --then-serve

demo: $(RUN) ## play the same round on a throw-away data folder; exits 0 when every expectation held
	$(BIN)/heardback demo

test: lint ## every check and every test but the long ones
	$(PYTEST) -m "not complete"

test-full: lint ## every check and every test
	$(PYTEST)

lint: $(DEV) ## ruff, mypy, the laws of the house, hadolint
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	@if [ -x $(BIN)/hadolint ]; then lint=$(BIN)/hadolint; else lint=$$(command -v hadolint); fi; \
	  if [ -n "$$lint" ]; then echo "hadolint Dockerfile"; "$$lint" Dockerfile; \
	  else echo "hadolint is not here: Dockerfile not linted"; fi

format: $(DEV) ## let ruff mend and format what it can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

openapi: $(RUN) ## write openapi/openapi.json from the code
	@mkdir -p openapi
	$(BIN)/heardback openapi > openapi/openapi.json.new
	mv openapi/openapi.json.new openapi/openapi.json
	$(BIN)/heardback policies schema > openapi/policies.schema.json
	$(BIN)/heardback events schema > openapi/generic-webhook.schema.json

migration: $(DEV) ## write the next migration from the models: make migration m="what it does"
	$(BIN)/python scripts/new-migration "$(m)"

# Locks hold for CPython 3.11 to 3.14 on Linux and macOS (Apple silicon), and name no package index.
lock: ## resolve requirements.lock and requirements-dev.lock anew
	@t=$$(mktemp -d) && trap 'rm -rf "$$t"' EXIT && $(PYTHON) -m venv $$t/venv && \
	  $$t/venv/bin/python -m pip --disable-pip-version-check --quiet install uv==$(UV) && \
	  compile() { $$t/venv/bin/uv pip compile --quiet --universal --python-version 3.11 --upgrade --generate-hashes \
	    --custom-compile-command 'make lock' pyproject.toml "$$@"; } && \
	  compile --extra embedded --group build -o requirements.lock && \
	  compile --extra embedded --group build --group dev -c requirements.lock -o requirements-dev.lock && \
	  wc -l requirements.lock requirements-dev.lock

bench: $(DEV) ## measure, each figure against its floor in the same run
	@for bench in bench/[a-z]*.py; do echo "== $$bench"; $(BIN)/python "$$bench" || exit 1; done

image-check: ## build the Dockerfile without a Docker engine, start it, write docs/image-check.md
	scripts/check-image

clean: ## remove what can be made again; never the data folder
	rm -rf $(VENV) dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find app tests bench alembic -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Heardback needs Python 3.11 or newer; name one: make PYTHON=python3.12 …"; exit 1; }
	@echo "Making $(VENV) (once, about half a minute) …"
	@$(PYTHON) -m venv $(VENV) \
	  || { echo "python -m venv failed; on Debian and Ubuntu: apt install python3-venv"; exit 1; }

$(RUN): requirements.lock pyproject.toml | $(BIN)/python
	@echo "Installing what Heardback needs …"
	@$(PIP) install --require-hashes -r requirements.lock
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

$(DEV): requirements-dev.lock $(RUN)
	@echo "Installing what its tests need …"
	@$(PIP) install --require-hashes -r requirements-dev.lock
	@touch $@
