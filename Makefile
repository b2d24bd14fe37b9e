# Every target does all the set-up it needs itself; `make help` lists them.
VENV ?= .venv
PY := $(VENV)/bin/python
ARGS ?=
# A changed lock changes the stamp's name, and with it the environment is brought up to date.
RUN_READY := $(VENV)/.ready-run-$(shell cksum < requirements.lock | tr -cd 0-9)
DEV_READY := $(VENV)/.ready-dev-$(shell cksum < requirements-dev.lock | tr -cd 0-9)
CATALOGUES := $(patsubst %.po,%.mo,$(wildcard portal/translations/*/LC_MESSAGES/*.po))
STATIC := $(shell find portal/static -type f ! -name '*.br' ! -name '*.gz' 2>/dev/null)
COMPILE := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url

# Without its compiled modules Python takes four seconds longer to start the portal.
unexport PYTHONDONTWRITEBYTECODE

# Steps build on each other's results.
.NOTPARALLEL:
.PHONY: help setup run test check format bench drill shots messages lock dev browser built

help: ## this list
	@sed -n 's/^\([a-z]*\):[^#]*## /\1	/p' Makefile | expand -t 12

setup: $(RUN_READY) built ## the environment, the compiled translations, the compressed style and script
	@:

run: setup ## the portal at http://127.0.0.1:8000, with demo content the first time; PORT=8001 make run
	@$(VENV)/bin/portal demo --if-empty
	@exec $(VENV)/bin/portal serve

test: dev browser check ## checks and all tests; ARGS="-k words" for some
	@exec $(PY) -m pytest -n 3 --dist worksteal $(ARGS)

check: dev ## format, lint, types, templates, import direction
	@$(PY) -m ruff format --quiet --check . || { echo "Not formatted; make format does it." >&2; exit 1; }
	@$(PY) -m ruff check --quiet .
	@$(PY) -m mypy
	@$(PY) -m djlint --lint --quiet portal/templates
	@$(PY) $(VENV)/bin/lint-imports

format: dev ## write Python in the house's format, and the lint faults that can be mended
	@$(PY) -m ruff check --quiet --fix-only .
	@$(PY) -m ruff format .

bench: dev ## the costs of the main pages, as a table
	@exec $(PY) -m bench $(ARGS)

drill: dev ## the long trials: kills under load, what is away, slow or full; about an hour
	@exec $(PY) -m pytest -s -m drill $(ARGS) tests/drills

shots: dev browser ## the pictures in the README
	@exec $(PY) -m tests.shots $(ARGS)

messages: dev ## the texts of code and templates into the translation catalogues
	@$(PY) -m babel.messages.frontend -q extract -F babel.cfg -k lazy -c Translators: --no-location \
	  --project=portal --version=1 --copyright-holder="The portal's authors" -o $(VENV)/messages.pot .
	@$(PY) -m babel.messages.frontend -q update -i $(VENV)/messages.pot -d portal/translations --no-fuzzy-matching \
	  --ignore-obsolete --ignore-pot-creation-date

lock: dev ## the exact versions, after a change in pyproject.toml; ARGS=--upgrade for newer ones
	@$(VENV)/bin/$(COMPILE) $(ARGS) pyproject.toml -o requirements.lock
	@$(VENV)/bin/$(COMPILE) $(ARGS) pyproject.toml --group dev -c requirements.lock -o requirements-dev.lock

dev: $(DEV_READY) built

browser: dev
	@$(PY) -m tests.chromium

built: $(CATALOGUES) $(VENV)/.compressed

$(CATALOGUES): %.mo: %.po | $(RUN_READY)
	@$(PY) -m babel.messages.frontend -q compile -i $< -o $@

$(VENV)/.compressed: $(STATIC) | $(RUN_READY)
	@if test -d portal/static; then $(PY) -m whitenoise.compress -q portal/static; fi
	@touch $@

# The development environment holds all of the other: where it is installed, `make run` keeps it.
$(RUN_READY): | $(PY)
	@if ls $(VENV)/.ready-dev-* >/dev/null 2>&1; then $(MAKE) -s $(DEV_READY); \
	else $(call install,requirements.lock); fi
	@touch $@

$(DEV_READY): | $(PY)
	@$(call install,requirements-dev.lock)
	@touch $(RUN_READY) $@

install = echo "Installing $(1) into $(VENV) ..." && rm -f $(VENV)/.ready-* && \
	{ test -x $(VENV)/bin/uv || $(PY) -m pip install -q --disable-pip-version-check uv || true; } && \
	{ $(VENV)/bin/uv --system-certs pip sync -q --python $(PY) --require-hashes $(1) || \
	  $(PY) -m pip install -q --disable-pip-version-check --require-hashes -r $(1); } && $(portal_command)

# Our own package is not built: a path file makes it importable and four lines make the command.
portal_command = $(PY) -c 'import os, sysconfig; place = sysconfig.get_path("purelib"); \
	open(os.path.join(place, "portal.pth"), "w").write(os.path.relpath(os.getcwd(), place) + "\n")' && \
	printf '\#!/bin/sh\nexec "$$(dirname "$$0")/python" -P -m portal "$$@"\n' > $(VENV)/bin/portal && \
	chmod +x $(VENV)/bin/portal

$(PY):
	@for python in $(PYTHON) python3 python3.13 python3.12 python3.11; do \
	  "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && found="$$python" && break; done; \
	if test -z "$$found"; then \
	  echo "The portal needs Python 3.11 or later. Install it (on Debian: apt install python3 python3-venv)." >&2; exit 1; fi; \
	if ! "$$found" -c 'import ensurepip, venv' 2>/dev/null; then \
	  echo "$$found has no venv module. Install it (on Debian: apt install python3-venv)." >&2; exit 1; fi; \
	"$$found" -m venv $(VENV) || { rm -rf $(VENV); exit 1; }
