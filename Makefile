# setup demo test check bench accuracy format clean: everything a newcomer and CI need; no hardware.
PYTHON ?= python3
VENV ?= .venv
PIP_ARGS ?=

BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.PHONY: setup demo test check bench format accuracy clean

$(STAMP): pyproject.toml constraints-oldest.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[dev]' $(PIP_ARGS)
	touch $(STAMP)

setup: $(STAMP)

demo: setup
	@$(BIN)/gaitcoach demo $(if $(TRACE),--trace '$(TRACE)')

test: setup
	$(BIN)/python -m pytest

check: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: setup
	$(BIN)/python -m tests.bench.bench

# Makes docs/accuracy.md from the recordings in $$GAITCOACH_DATA or ../shared/data.
accuracy: setup
	$(BIN)/python -m tests.bench.accuracy

format: setup
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean:
	rm -rf .venv* .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache build dist
