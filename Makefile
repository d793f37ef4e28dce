# Each target does all its own set-up first; that is quick when nothing is missing.
PYTHON ?= python3
# Processes that share the tests, file by file. Most tests wait for servers and pages: more than there are cores.
JOBS ?= 3
BIN := .venv/bin
MINUTES ?= 10
# Hundreds of processes start in a run of the tests: what Python has compiled is kept for the next one.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: help setup setup-tests demo test check bench soak

help: ## Show what there is
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

setup: ## Install what TOP_N needs: browser, driver, font, Redis, and Python packages into .venv
	@PYTHON="$(PYTHON)" .ci/setup run

setup-tests: ## The same, and what the tests need: MariaDB, npm, libfaketime
	@PYTHON="$(PYTHON)" .ci/setup tests

demo: setup ## Publish 10 users × 10 articles on the practice site, and count them
	@$(BIN)/python -m tests.practice_site.demo

test: setup-tests ## Run every test on real servers and real browsers
	@$(BIN)/python -m pytest -n $(JOBS) --dist loadfile $(ARGS)

check: setup-tests ## Format, lint, types, layers, spelling
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/codespell

bench: setup-tests ## Measure claims, the pool, the whole way and open dashboards on a million articles, each against a baseline in the same run
	@$(BIN)/python -m tests.bench $(ARGS)

soak: setup-tests ## Publish under random faults for MINUTES, then prove that nothing was lost or posted twice; SEED=n repeats one
	@$(BIN)/python -m tests.chaos.soak --minutes $(MINUTES) $(if $(SEED),--seed $(SEED)) $(ARGS)
