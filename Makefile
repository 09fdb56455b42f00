# The front door. Without make: `pip install -c constraints.txt .`, then `twin demo`.
#
# A target installs what it needs into .venv the first time, and again only when pyproject.toml or constraints.txt change.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules --no-print-directory

venv := .venv
bin := $(venv)/bin
pip := $(bin)/python -m pip --disable-pip-version-check --quiet
rules := $(wildcard twin/engine/*.py twin/engine/rules/*.py)
suitable := import ensurepip, sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))

# The newest Python that can make an environment; a shim that only says "not installed" fails the question and is passed over.
python = $(shell for name in $(PYTHON) python3.13 python3.12 python3.11 python3 python; do \
	"$$name" -c '$(suitable)' 2>/dev/null && command -v "$$name" && break; done)

.PHONY: help demo up test servers lint docs bench soak clean

help: ## Show this list
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' $(MAKEFILE_LIST) | expand -t 14

demo: $(venv)/compiled ## Show two lines at work: ceiling tiles as described, and a machine shop known by its log
	@$(bin)/twin demo

up: ## Start plant, broker, twin, InfluxDB and Grafana in containers; .env with their secrets is written the first time
	@sh deploy/up.sh

test: $(venv)/developer $(venv)/compiled servers ## Run the tests, on all cores
	$(bin)/python -m pytest --numprocesses=auto

# Debian's names of what the tests start: a broker, a database and the proxy before it, a browser, a reader of compose files.
servers: ## Install the servers that the tests start, where it can (root and apt)
	@for each in mosquitto influxd nginx chromium docker-compose; do \
		PATH="$$PATH:/usr/sbin" command -v $$each >/dev/null || missing="$$missing $$each"; done; \
	test -z "$$missing" || { test "$$(id -u)" = 0 && command -v apt-get >/dev/null && \
		echo "Installing, for the tests that need them:$$missing" && apt-get -qq update && \
		DEBIAN_FRONTEND=noninteractive apt-get -qq install --yes --no-install-recommends \
			mosquitto influxdb nginx-light chromium fonts-liberation docker-compose >/dev/null; } || \
		echo "Not found, so that tests are skipped:$$missing" >&2

lint: $(venv)/developer ## Check style, types, layers and lengths
	$(bin)/ruff check .
	$(bin)/mypy
	$(bin)/lint-imports --no-cache
	@$(bin)/python tests/support/lengths.py

docs: $(venv)/developer $(venv)/compiled ## Write the reference pages and the outputs shown in the documentation anew
	PYTHONPATH=tests $(bin)/python -m support.pages
	$(bin)/twin check ceiling_tiles --draw docs/ceiling_tiles.svg >/dev/null
	$(bin)/twin run ceiling_tiles --until "90 min" --gantt docs/how-to/find-out-why.svg >/dev/null
	PYTHONPATH=tests $(bin)/python -m support.transcripts README.md $$(find docs -name '*.md')

bench: $(venv)/developer $(venv)/compiled servers ## Measure the speed against a plain SimPy line, and the live twin
	$(bin)/python tests/bench/bench.py

soak: $(venv)/developer $(venv)/compiled servers ## Run the long statistical and endurance tests
	$(bin)/python -m pytest --numprocesses=auto -m soak --hypothesis-profile=soak

clean: ## Remove the environment and the caches
	rm -rf $(venv) build dist .hypothesis .mypy_cache .pytest_cache .ruff_cache .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(venv)/user: pyproject.toml constraints.txt
	@test -n '$(python)' || { echo 'No Python 3.11, 3.12 or 3.13 with the venv module was found;' \
		'install one (on Debian: python3 and python3-venv), or name it: make PYTHON=/path/to/python3' >&2; exit 2; }
	@test -x $(bin)/python || { echo 'Making $(venv) with $(python)'; '$(python)' -m venv $(venv); }
	@echo 'Installing line-twin into $(venv) (some minutes, once)'
	@$(pip) install --constraint constraints.txt --editable .
	@touch $@

$(venv)/developer: $(venv)/user
	@echo 'Installing the tools for tests and checks'
	@$(pip) install --constraint constraints.txt --editable '.[test,dev]'
	@touch $@

$(venv)/compiled: $(venv)/user $(rules)
	@$(bin)/python -m twin.engine
	@touch $@
