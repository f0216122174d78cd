# Provklar: `make run` does the main job on this machine; `make test` runs every check. Both install what they need.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SCHOOLS ?= 12
DEVICES ?= 360
SEED ?= 2023
WORLDS ?= 30000
MUTANTS ?= 400
WORKERS ?= 4
TIMES := .pytest_cache/times.json
PIP := PIP_DISABLE_PIP_VERSION_CHECK=1 $(BIN)/python -m pip install
LOCAL := $(BIN)/provklar local $(if $(VERBOSE),--verbose)
COMPILE := uv pip compile pyproject.toml --generate-hashes --no-header --universal --no-emit-find-links --no-emit-index-url --quiet

# Swedish first, as everywhere; without commas, which part the arguments.
say = $(if $(filter en,$(PROVKLAR_LANGUAGE)),$(1),$(2))
# What the installer says is kept, and shown only if it fails.
INSTALL_LOG := $(VENV)/install.log
quietly = { $(1); } >$(INSTALL_LOG) 2>&1 || { tail -n 20 $(INSTALL_LOG); \
  echo "$(call say,The installation failed. All that was said: $(INSTALL_LOG),Installationen misslyckades. Allt som sades: $(INSTALL_LOG))"; exit 1; }

.PHONY: help run demo shell test test-deep check lint types tests format bench truth mutants generate lock clean programs

help: ## say what can be made
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 12

run: $(VENV)/.run ## start a collector and an agent here, measure this machine and judge it; Ctrl-C stops (VERBOSE=1)
	@exec $(LOCAL)

shell: $(VENV)/.run ## a shell that finds provklar and provklar-agent, the agent's settings as make run left them
	@settings="$${PROVKLAR_DATA:-var}/agent.yaml"; \
	if [ -f "$$settings" ] && [ -z "$$PROVKLAR_AGENT_CONFIG" ]; then \
	  export PROVKLAR_AGENT_CONFIG="$$(cd "$$(dirname "$$settings")" && pwd)/agent.yaml"; fi; \
	export PATH="$(CURDIR)/$(BIN):$$PATH"; \
	echo "$(call say,provklar and provklar-agent are found here. Leave with: exit,provklar och provklar-agent finns här. Lämna med: exit)"; \
	"$${SHELL:-/bin/sh}" || true

demo: $(VENV)/.run ## as run, plus a simulated municipality (SCHOOLS, DEVICES, SEED)
	@exec $(LOCAL) --demo --schools $(SCHOOLS) --devices $(DEVICES) --seed $(SEED)

test: ## install what the tests need, then lint, types and all tests
	@$(MAKE) --no-print-directory --jobs 2 --output-sync programs lint types
	@$(MAKE) --no-print-directory tests

check: lint types tests ## lint, types and all tests with what is installed

lint: $(VENV)/.dev ## ruff: rules and format
	$(BIN)/ruff check
	$(BIN)/ruff format --check

types: $(VENV)/.dev ## mypy, strict, tests too
	$(BIN)/mypy

tests: $(VENV)/.dev ## pytest: first what may run side by side (WORKERS at once), then what measures, two files at a time
	@rm -f $(TIMES)
	$(BIN)/pytest -m "not serial" --times=$(TIMES) --numprocesses $(WORKERS) --dist loadgroup; side_by_side=$$?; \
	  $(BIN)/pytest -m serial --times=$(TIMES) --numprocesses 2 --dist loadgroup && exit $$side_by_side

test-deep: $(VENV)/.dev ## the property tests alone, each with twenty times the examples
	HYPOTHESIS_PROFILE=deep $(BIN)/pytest -m hypothesis --timeout=3600

format: $(VENV)/.dev ## mend what ruff can mend
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

bench: $(VENV)/.dev ## measure beside the peers; prints JSON
	@$(BIN)/python -m tests.bench

truth: $(VENV)/.dev ## hold WORLDS simulated schools of known truth against the verdicts (docs/truth.md); goes on where it ended
	@$(BIN)/python -m tests.truth --worlds $(WORLDS) --seed $(SEED) --processes 2 \
	  --results var/truth/$$(git rev-parse --short HEAD)-$(SEED).jsonl

mutants: $(VENV)/.mutants ## change the core in MUTANTS small things (SEED), and show which of them no test notices (ROOMS="line ends")
	@$(BIN)/python -m tests.mutation --mutants $(MUTANTS) --seed $(SEED) $(ROOMS)

generate: $(VENV)/.dev ## write what is made from code: catalogue, schema, dashboards, tables, the sample's plans
	$(BIN)/python -m agent.commands.fact_catalogue > collector/facts/facts.json.new && mv collector/facts/facts.json.new collector/facts/facts.json
	$(BIN)/python -m agent.protocol.schema > docs/report.schema.json
	$(BIN)/python -m dashboards.grafana
	$(BIN)/python -m tests.hygiene.rooms
	$(BIN)/python -m tests.hygiene.channel_settings
	$(BIN)/python -m tests.hygiene.generated

programs: ## Debian packages that the tests use: installed when root, else named
	@sh tests/programs.sh

lock: ## compile the hashed requirement files (needs uv)
	$(COMPILE) --extra agent -o requirements/agent.txt
	$(COMPILE) --extra agent --extra collector --group build -o requirements/run.txt
	$(COMPILE) --extra agent --extra collector --extra survey --extra snmp-fast --extra postgresql --group build --group dev -o requirements/dev.txt
	$(COMPILE) --group mutants --constraints requirements/dev.txt -o requirements/mutants.txt

clean: ## remove what was made here (the measurements under var/ too)
	rm -rf $(VENV) var build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "$(call say,Provklar needs Python 3.11 or newer. Name one with: make run PYTHON=python3.11,Provklar behöver Python 3.11 eller nyare. Peka ut den med: make run PYTHON=python3.11)"; exit 2; }
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
	  echo "$(call say,The virtual environment could not be made. On Debian install it with: apt install python3-venv,Den virtuella Pythonmiljön gick inte att göra. I Debian installeras det som saknas med: apt install python3-venv)"; exit 2; }

$(VENV)/.run: requirements/run.txt pyproject.toml | $(VENV)/bin/python
	@echo "$(call say,Installing Provklar into $(VENV): about a minute ...,Installerar Provklar i $(VENV): ungefär en minut ...)"
	@$(call quietly,$(PIP) --require-hashes -r requirements/run.txt)
	@$(call quietly,$(PIP) --no-deps --no-build-isolation --editable .)
	@touch $@

$(VENV)/.dev: requirements/dev.txt pyproject.toml | $(VENV)/bin/python
	@echo "$(call say,Installing Provklar and what its tests need into $(VENV) ...,Installerar Provklar och det som testerna behöver i $(VENV) ...)"
	@$(call quietly,$(PIP) --require-hashes -r requirements/dev.txt)
	@$(call quietly,$(PIP) --no-deps --no-build-isolation --editable .)
	@touch $@ $(VENV)/.run

$(VENV)/.mutants: requirements/mutants.txt $(VENV)/.dev
	@echo "$(call say,Installing what changes the core into $(VENV) ...,Installerar det som ändrar kärnan i $(VENV) ...)"
	@$(call quietly,$(PIP) --require-hashes -r requirements/mutants.txt)
	@touch $@
