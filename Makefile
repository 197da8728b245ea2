# make demo · make test · make check · make bench   (everything lives in .venv; nothing is installed twice)
PYTHON ?= $(shell for p in python3.11 python3.12 python3.13 python3; do \
	$$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null && { command -v $$p; break; }; done)
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
SOURCES := crawler pipelines archive benchmarks tests

.PHONY: help setup demo test soak fuzz check bench bench-extraction lock clean

help:
	@echo "make setup   .venv with everything, versions from constraints.txt"
	@echo "make demo    set-up, then crawl the sample portals into ./demo-data"
	@echo "make test    set-up, then the tests"
	@echo "make soak    the long proofs: a hundred kills, long random histories, nights at a big portal (hours; GONGKAI_SOAK_* set sizes)"
	@echo "make check   lint and types"
	@echo "make bench   the crawl benchmark: bare Scrapy and Gongkai over the same pages"
	@echo "make bench-extraction  fields, body and cost beside the general extractors (installs them)"
	@echo "make fuzz    any bytes through the extraction, guided by coverage (a minute; installs atheris)"
	@echo "make lock    renew constraints.txt from the newest releases that pyproject.toml allows"

setup: $(STAMP)

$(STAMP): pyproject.toml constraints.txt
	@test -n "$(PYTHON)" || { echo "Gongkai needs Python 3.11, 3.12 or 3.13: install one, or run make PYTHON=/path/to/python" >&2; exit 2; }
	@# Debian splits ensurepip off: then the machine's own pip puts one in.
	@test -x $(BIN)/pip || $(PYTHON) -m venv $(VENV) 2>/dev/null || \
		{ rm -rf $(VENV); $(PYTHON) -m venv --without-pip $(VENV) && $(PYTHON) -m pip --python $(BIN)/python install --quiet pip; }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	@touch $(STAMP)

demo: $(STAMP)
	$(BIN)/gongkai demo

test: $(STAMP)
	$(BIN)/python -m pytest -n 3 --dist worksteal tests

# Not part of `make test`: pytest collects files of this name only where they are named.
soak: $(STAMP)
	$(BIN)/python -m pytest -s tests/soak/soak_*.py

check: $(STAMP)
	$(BIN)/ruff check $(SOURCES)
	$(BIN)/ruff format --check $(SOURCES)
	$(BIN)/mypy

bench: $(STAMP)
	$(BIN)/python -m benchmarks.crawl

bench-extraction: $(STAMP)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[bench]'
	$(BIN)/python -m benchmarks.extraction

fuzz: $(STAMP)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[fuzz]'
	$(BIN)/python -m tests.fuzz.fuzz_extract

lock:
	rm -rf build/lock && $(PYTHON) -m venv build/lock
	build/lock/bin/pip install --quiet '.[dev,bench,fuzz]'
	{ echo "# Exact versions of a tested install; renew with: make lock"; build/lock/bin/pip freeze --exclude gongkai; } > constraints.txt

clean:
	rm -rf $(VENV) build *.egg-info .mypy_cache .ruff_cache .hypothesis demo-data
