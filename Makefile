# setup demo test thorough check bench loop arm soak system crash accuracy format clean: everything a newcomer and CI need; no hardware.
# install uninstall: onto a Raspberry Pi and off again (docs/install.md).
PYTHON ?= python3
VENV ?= .venv
PIP_ARGS ?=
INSTALL_ARGS ?=

BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.PHONY: setup demo test thorough check bench latency loop arm soak system system-test reliability crash \
  format accuracy clean \
  install uninstall template

$(STAMP): pyproject.toml constraints-oldest.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[dev]' $(PIP_ARGS)
	touch $(STAMP)

setup: $(STAMP)

demo: setup
	@$(if $(TRACE),$(BIN)/gaitcoach demo --trace '$(TRACE)',\
	  $(BIN)/gaitcoach run --simulate city-run --pace 60 --poll 0.05)

# Rewritten assertions are kept for the other workers and the next run, whatever the machine says.
test: setup
	PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest -n auto

# As `test`, with every case of each grid and the large numbers of random examples, new ones each
# time: half an hour or more.
thorough: setup
	PYTHONDONTWRITEBYTECODE= HYPOTHESIS_PROFILE=thorough $(BIN)/python -m pytest -n auto

check: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: setup
	$(BIN)/python -m tests.bench.bench

# From the foot strike to the pin's edge in the running program: four minutes of real time.
latency: setup
	$(BIN)/python -m tests.bench.strike_to_pin

# Thousands of simulated sessions under the coach, on all cores: 10 to 20 minutes. Fails if a law breaks.
loop: setup
	$(BIN)/python -m tests.bench.closed_loop

# Instructions on the device's processor, counted under qemu-user in an arm64 tree (build/arm).
arm: setup
	$(BIN)/python -m tests.bench.arm.counts

# Makes docs/accuracy.md from the recordings in $$GAITCOACH_DATA or ../shared/data.
accuracy: setup
	$(BIN)/python -m tests.bench.accuracy

# Two simulated hours of either mount: some minutes.
soak: setup
	$(BIN)/python -m tests.soak.two_hours

# A Debian guest with its own kernel: installed, run, cut off (docs/system-test.md). Needs root and
# apt packages; an error where the machine cannot, too.
system-test: setup
	$(BIN)/python -m tests.guest.run

# Every fault and 20 power cuts in that guest; writes docs/reliability.md.
reliability: setup
	$(BIN)/python -m tests.guest.run --all --page

# The drivers through smbus2's real ioctls, in a process of their own; needs apt's umockdev.
system: setup
	tests/system/run.sh $(BIN)/python

# Power cuts on a real ext4 whose every write is logged: minutes; needs root, loop devices, FUSE and qemu.
crash: setup
	$(BIN)/python -m tests.crash.lab

# sudo make install INSTALL_ARGS='--dry-run': what it would change. The system's own Python, so that it
# runs before anything is there; it writes nothing into this folder.
install:
	@PYTHONDONTWRITEBYTECODE=1 /usr/bin/python3 -m firmware_py.install install $(INSTALL_ARGS)

uninstall:
	@PYTHONDONTWRITEBYTECODE=1 /usr/bin/python3 -m firmware_py.install uninstall $(INSTALL_ARGS)

# Makes the commented configuration that the installer lays, after a setting has changed.
template: setup
	$(BIN)/python -m tests.config_template

format: setup
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean:
	rm -rf .venv* .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache build dist
