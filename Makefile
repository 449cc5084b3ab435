# Duebook. A bare machine needs Python 3.11 or newer with pip, make and git; everything else is brought by these targets.
PYTHON ?= python3
SERVE ?= 1
WORKERS ?= 2
UV := .uv/bin/uv
RUN := .venv/bin
export DO_NOT_TRACK := 1
export UV_PYTHON_DOWNLOADS := never

.PHONY: demo test lint unit browser environment clean

# The demo: two made-up clients from their ERPs to the dashboards. SERVE=0 stops after publishing.
demo: .venv/.runtime
	@$(RUN)/duebook demo $(if $(filter 0,$(SERVE)),--no-serve)

# Everything that must be green: lint, then all tests, headless Chromium included.
test: environment lint browser
	$(RUN)/pytest --numprocesses $(WORKERS) --dist loadfile

lint: environment
	$(RUN)/ruff check .
	$(RUN)/ruff format --check .
	$(RUN)/mypy
	$(RUN)/lint-imports
	$(RUN)/sqlfluff lint --processes 2 --disable-progress-bar dbt_project/models dbt_project/tests dbt_project/macros

unit: environment
	$(RUN)/pytest -m "not browser"

environment: .venv/.development

# Chromium comes from the system; where there is none and we may install it, we do.
browser:
	@command -v chromium chromium-browser google-chrome >/dev/null 2>&1 \
		|| { echo "Installing chromium for the browser tests"; \
		     { apt-get -qq update && apt-get -qq install -y chromium; } >/dev/null 2>&1; } \
		|| { echo "The browser tests need Chromium: install it (Debian: apt-get install chromium), then run make test." >&2; exit 1; }

.venv/.runtime: $(UV) uv.lock pyproject.toml
	$(UV) sync --quiet --locked --no-dev --inexact --python $(PYTHON)
	@touch $@

.venv/.development: $(UV) uv.lock pyproject.toml
	$(UV) sync --quiet --locked --python $(PYTHON)
	@touch $@ .venv/.runtime

$(UV):
	@$(PYTHON) -c 'import sys; sys.exit("Duebook needs Python 3.11 or newer; this is " + sys.version.split()[0] + ". Give another: make PYTHON=python3.12 ...") if sys.version_info < (3, 11) else None'
	$(PYTHON) -m pip install --quiet --disable-pip-version-check --target .uv uv

clean:
	rm -rf .venv .uv data clients/*/erp.sqlite clients/*/inbox
