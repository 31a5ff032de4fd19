# Needs make and Python 3.12 or later; everything else is installed into this folder, or named with its command.

PORT ?= 8000
ARGS ?=
PY := .venv/bin/python
READY := .venv/ready
NEEDS := pyproject.toml uv.lock package.json package-lock.json portal/bootstrap.py portal/assets.py

# A deployment's settings without a deployment, for Django's own deploy check.
DEPLOYED = PORTAL_DEBUG=no PORTAL_ALLOWED_HOSTS=portal.example PORTAL_PUBLIC_URL=https://portal.example \
	SECRET_KEY=$$($(PY) -c 'import secrets; print(secrets.token_urlsafe(64))') \
	FIELD_KEYS=$$($(PY) -c 'import secrets; print(secrets.token_urlsafe(48))') \
	LOOKUP_KEY=$$($(PY) -c 'import secrets; print(secrets.token_urlsafe(48))')
STRICT := trusted_trader/checks trusted_trader/risk trusted_trader/criteria trusted_trader/workflow \
	accounts/policy accounts/events accounts/clocks fastlane/rules

.DEFAULT_GOAL := help
.PHONY: help run test test-full check bench pictures demo-reset format

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' Makefile

run: $(READY) ## start the whole portal with a demonstration world; Ctrl-C ends it (PORT=8000)
	@exec $(PY) -m portal.local run --port $(PORT)

test: $(READY)-tests ## run all tests (ARGS="tests/accounts -k name" for some)
	$(PY) -m pytest -n 2 -m "not full" $(ARGS)

test-full: $(READY)-tests ## run all tests at full size; takes hours
	PORTAL_FULL=1 $(PY) -m pytest -n 2 $(ARGS)

check: $(READY) ## lint, types, import contracts, migrations, deploy settings, secrets
	.venv/bin/ruff check
	.venv/bin/ruff format --check
	.venv/bin/mypy --strict --follow-imports=silent $(STRICT)
	.venv/bin/lint-imports
	$(PY) manage.py makemigrations --check --dry-run
	$(DEPLOYED) $(PY) manage.py check --deploy --fail-level WARNING
	git ls-files -z -- ':!uv.lock' ':!package-lock.json' ':!.secrets.baseline' ':!tests' | xargs -0 .venv/bin/detect-secrets-hook --baseline .secrets.baseline

format: $(READY) ## put the code into its usual shape
	.venv/bin/ruff check --fix
	.venv/bin/ruff format

bench: $(READY) ## measure, and print one table
	$(PY) -m tests.bench $(ARGS)

pictures: $(READY)-tests ## renew the pictures in docs/ from the running site
	$(PY) -m tests.pictures $(ARGS)

demo-reset: $(READY) ## throw the local data away; the next start makes a new demonstration world
	$(PY) -m portal.local reset

# The first Python that is new enough does the installing.
BOOTSTRAP = for python in python3.13 python3.12 python3 python; do \
		if $$python -c 'import sys; sys.exit(sys.version_info < (3, 12))' 2>/dev/null; then \
			exec $$python portal/bootstrap.py $(1); \
		fi; \
	done; \
	echo "Python 3.12 or later is needed and was not found. On Debian 13 and Ubuntu 24.04: apt-get install python3 python3-venv" >&2; \
	exit 1

$(READY): $(NEEDS)
	@($(call BOOTSTRAP,))
	@touch $@

$(READY)-tests: $(READY)
	@($(call BOOTSTRAP,--browser))
	@touch $@
