# What there is to do here. Everything runs in .venv, which tools/env.sh makes from requirements/*.txt when it is needed.
# Variables: PYTHON=python3.13 picks the Python; UPGRADE=1 (make lock) takes newer releases;
# RUNBOOKS_REQUIRE_ALL=1 (make test) lets nothing be left out.

export PYTHON RUNBOOKS_REQUIRE_ALL UPGRADE

SITE := sh tools/env.sh site
DEV := sh tools/env.sh dev

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help site serve check test bench lighthouse static schemas reference wheel lock clean

help: ## List these targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' Makefile

site: ## Build the site into site/, from the records, and say how to look at it
	@sh tools/site.sh

serve: ## Show the site while the records are edited
	@$(SITE) runbooks serve

check: static ## The quick loop: style, types, layers, unit tests; under a minute
	$(DEV) pytest -q -n auto -m "not browser and not built and not editor and not nginx and not wheel"

test: static ## Everything: the quick loop, the wheel, and the site in a browser
	@sh tools/test.sh

bench: ## Measure lint, the inventory, and builds beside other generators; takes an hour, never part of the tests
	@sh tools/peers.sh
	$(DEV) python -m bench.lint
	$(DEV) python -m bench.inventory
	$(DEV) python -m bench.builds

lighthouse: ## Measure a page of each kind with Lighthouse; takes minutes, never part of the tests
	@sh tools/lighthouse.sh

static:
	$(DEV) ruff check .
	$(DEV) ruff format --check .
	$(DEV) mypy
	$(DEV) lint-imports

schemas: ## Write schemas/ anew from the code
	$(SITE) runbooks schema --out schemas

reference: ## Write the reference pages of docs/ anew from the models and the command
	$(DEV) python tools/reference.py

wheel: ## Build the wheel into dist/
	$(DEV) python -m build --wheel --no-isolation

lock: ## Resolve requirements/*.txt anew; UPGRADE=1 takes newer releases
	@sh tools/lock.sh

clean: ## Remove what can be made again, the environment too
	rm -rf .venv .venv-peers dist site .site-* .cache .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
