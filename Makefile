# Every command sets up what it needs: a fresh machine has Python 3.11 or newer and make, nothing else.
PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.installed

.PHONY: install demo test stories shapes clients clients-test check lint types contracts bench kills mutants lock clean

install: $(STAMP)

$(STAMP): requirements/lock.txt pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/lock.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $(STAMP)

demo: $(STAMP) ## a practice org, mirrored and judged, and a day in the channel played on it
	$(BIN)/connector demo

test: $(STAMP) ## every test
	$(BIN)/pytest -n auto

stories: $(STAMP) ## every story under tests/scenarios, through a practice org over HTTP
	$(BIN)/connector scenario --org tests/scenarios

shapes: $(STAMP) ## the stories of registrations once more, with registrations on Lead and on Opportunity
	$(BIN)/connector scenario --org --profile registration_on_lead tests/scenarios/registration tests/scenarios/windows
	$(BIN)/connector scenario --org --profile registration_on_opportunity tests/scenarios/registration tests/scenarios/windows

clients: ## install the clients nobody here wrote (sf, jsforce, an Airbyte source) into .clients
	mkdir -p .clients && cp tests/acceptance/clients/package.json .clients/
	if command -v npm >/dev/null; then npm install --prefix .clients --no-audit --no-fund --no-package-lock \
		--ignore-scripts --loglevel error; else echo "npm is missing: sf and jsforce will be skipped"; fi
	$(PYTHON) -m venv .clients/airbyte
	.clients/airbyte/bin/pip install --quiet --disable-pip-version-check -r tests/acceptance/clients/airbyte.txt

clients-test: $(STAMP) ## drive the practice org with those clients; what is not installed is skipped and counted
	$(BIN)/pytest -m "clients or not clients" -rs tests/acceptance/clients

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(STAMP)
	$(BIN)/mypy

contracts: $(STAMP)
	$(BIN)/lint-imports

check: lint types contracts test ## what CI runs

bench: $(STAMP) ## ratios against peers and bare limits, each in one run
	$(BIN)/python -m tests.benchmarks

kills: $(STAMP) ## kill -9 at 200 random moments while people act; nothing lost, doubled or overwritten
	$(BIN)/python -m tests.kill --kills 200

mutants: $(STAMP) ## the rules wrong in one place at a time: 300 mutants, and which of them nothing notices
	$(BIN)/python -m tests.mutants --sample 300

lock: ## compile requirements/lock.txt again: versions and hashes alone
	uv pip compile pyproject.toml --group dev --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-annotate --no-header --upgrade -o requirements/lock.txt

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
