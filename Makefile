# Podium's commands. `make run` and `make test` need nothing but Python 3.11 on a fresh machine.

PYTHON ?= $(firstword $(foreach name,python3 python3.11 python3.12 python3.13,$(shell command -v $(name))))
SETUP = $(or $(PYTHON),$(error Podium needs Python 3.11 or newer: install Debian's package python3)) -m setup

.DEFAULT_GOAL := help
.PHONY: help run test lint format bench samples samples-model samples-report develop hooks translations lock clean clean-all

help:
	@echo "make run             set everything up and start Podium (PORT, PODIUM_HOME)"
	@echo "make test            run every test (ARGS for pytest: make test ARGS='-k search')"
	@echo "make lint            ruff and the import rules; make format writes ruff's format"
	@echo "make bench           measure what we claim (BENCH_ARGS='--quick --json figures.json')"
	@echo "make samples         make the sample videos and their truth; make samples-model trains the model"
	@echo "make samples-report  how well the sample model hears"
	@echo "make develop         set everything up for work on Podium; make hooks adds ruff to git commit"
	@echo "make translations    bring the catalogues up to date with the sentences in the code"
	@echo "make lock            write the lock files after a pin was changed"
	@echo "make clean           remove caches; make clean-all also all that was installed here"

run:
	@$(SETUP) run

test:
	@$(SETUP) test $(ARGS)

lint:
	@$(SETUP) lint

format: develop
	@.venv/bin/ruff check --fix .
	@.venv/bin/ruff format .

bench:
	@$(SETUP) bench $(BENCH_ARGS)

samples: develop
	@.venv/bin/python -m samples.make

samples-model: develop
	@.venv/bin/python -m samples.make --train

samples-report: develop
	@.venv/bin/python -m samples.report

develop:
	@$(SETUP) develop

hooks: develop
	@.venv/bin/pre-commit install

translations:
	@$(SETUP) translations

lock:
	@$(SETUP) lock

clean:
	@$(SETUP) clean

clean-all:
	@$(SETUP) clean --all
