# The recipes that people and CI call. `make run` and `make test` are all that a newcomer needs.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
UV     := $(BIN)/uv
IMAGES := tagger aesthetic gallery gpu otel
SERVICES := gallery tagger aesthetic
SAMPLE := samples/miramar
AXE    := axe-core@4.14.1

.PHONY: run install test axe test-slow compose-test kube-test remote-test train-remote audit sbom bench bench-peer bench-page hostile fuzz overload rolling soak nightly parity check format lock clean help

help: ## list the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

run: $(VENV)/.serve ## start the three services and rank the sample gallery
	GALLERY_POLICIES_DIR=$${GALLERY_POLICIES_DIR:-samples/policies} $(BIN)/stayrank serve all --sample $(SAMPLE)

install: $(VENV)/.dev ## everything, training included, into .venv

# A test that hangs shows where each thread is, and ends the run, before a CI's limit does it without a word.
HANGING := -o faulthandler_timeout=600 -o faulthandler_exit_on_timeout=true
test: $(VENV)/.dev | axe ## all checks and tests
	$(MAKE) --no-print-directory check
	$(BIN)/pytest -m "not slow and not docker" $(HANGING)

test-slow: $(VENV)/.dev ## the tests that take minutes
	$(BIN)/pytest -m slow

compose-test: $(VENV)/.dev ## build the images, run the stack in Docker, rank through it, stop it
	$(BIN)/pytest -m docker tests/containers

kube-test: $(VENV)/.dev ## the Kubernetes Deployments with podman, under two random uids
	$(BIN)/pytest -m docker -s tests/k8s

remote-test: $(VENV)/.dev ## a training over ssh, on an sshd of its own and this machine's Docker
	$(BIN)/pytest -m docker tests/training

train-remote: ## train on another host: HOST=me@gpu-host TASK=tagger RECIPE=… DATA=… OUT=…
	training/remote $(HOST) $(TASK) $(RECIPE) $(DATA) $(OUT) $(ARGS)

# `--strict`: a package that its advisories are not known of is an error, not a line among others.
audit: $(VENV)/audit ## known vulnerabilities of what the locks name (asks PyPI)
	$(VENV)/audit/bin/pip-audit --strict --progress-spinner off --disable-pip --require-hashes $(patsubst %,-r %,$(wildcard requirements/*.txt)) || \
		{ echo "error: something is known, or PyPI gave no advisories (then nothing was audited): see above"; exit 1; }

sbom: $(VENV)/audit ## what the images hold, as CycloneDX: dist/sbom/*.cdx.json
	mkdir -p dist/sbom
	$(foreach image,$(SERVICES),$(VENV)/audit/bin/python tools/sbom.py stayrank-$(image) >dist/sbom/$(image).cdx.json &&) true

$(VENV)/audit: requirements/audit.txt | $(BIN)/python
	$(PYTHON) -m venv $@
	$@/bin/pip install --quiet --no-deps --require-hashes -r $<
	@touch $@

# The accessibility checker is npm's; where npm is absent, its tests are skipped and say so.
axe: $(VENV)/axe-core

$(VENV)/axe-core: | $(BIN)/python
	@npm install --silent --no-audit --no-fund --no-save --ignore-scripts --prefix $@ $(AXE) || \
		echo "npm cannot install $(AXE): accessibility is not tested"

overload: $(VENV)/.dev ## what a service does under ten times the work that it can do
	$(BIN)/python benchmarks/overload.py tagger --seconds 120
	$(BIN)/python benchmarks/overload.py gallery --photos 8 --seconds 120

rolling: $(VENV)/.dev ## 20,000 calls while all three services are restarted in turn
	$(BIN)/python benchmarks/rolling.py

soak: $(VENV)/.dev ## whether a service grows over 200,000 calls
	$(BIN)/python benchmarks/soak.py

bench: $(VENV)/.dev ## all of docs/performance.md, which it renews: 12 minutes on a quiet machine
	$(BIN)/python benchmarks/ranking.py
	$(BIN)/python benchmarks/decoding.py
	$(BIN)/python benchmarks/performance.py --json dist/performance.json --markdown docs/performance.md $(ARGS)

bench-peer: $(VENV)/.dev ## let `make bench` measure LitServe too: beside the environment, not in it
	$(BIN)/pip install --quiet --upgrade --target $(VENV)/litserve litserve

hostile: $(VENV)/.dev ## 20,000 hostile files against the services: what becomes of them, and of the services
	$(BIN)/python benchmarks/hostile

EXAMPLES := 100000
fuzz: $(VENV)/.dev ## mutated photos and bodies, EXAMPLES (100,000) a test; a fiftieth of it for each operation
	STAYRANK_EXAMPLES=$(EXAMPLES) $(BIN)/pytest -p no:randomly -q tests/hostile/test_fuzz.py tests/common/web/test_fuzz.py
	STAYRANK_EXAMPLES=$$(($(EXAMPLES) / 50)) $(BIN)/pytest -p no:randomly -q tests/test_openapi.py

nightly: $(VENV)/.dev ## what takes hours, one after the other: dist/nightly/*.log, and a summary
	$(BIN)/python benchmarks/nightly.py test-slow hostile overload rolling soak fuzz

bench-page: $(VENV)/.dev ## how long an editor waits; beside `make run`: PHOTOS=folder
	$(BIN)/python benchmarks/page.py $(or $(PHOTOS),$(SAMPLE))

SHARED := ../shared/datasets
parity: $(VENV)/.dev ## whether bf16, int8 and the scaled decode keep the answers: SHARED=folder
	$(BIN)/stayrank evaluate parity $(SHARED)/tagging --labels $(SHARED)/aesthetics/labels_test.json

check: $(VENV)/.dev ## lint, types, architecture
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

format: $(VENV)/.dev ## format and mend what can be mended
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

# One resolution for all (dev), then each lock within it: versions never differ between locks.
EXTRAS := serve train cloud heic otel
WITHIN := -c requirements/dev.txt
lock: $(VENV)/.dev ## renew the hash-pinned locks in requirements/
	$(call compile,pyproject.toml $(EXTRAS:%=--extra %) --group dev --group build,dev)
	$(foreach image,$(IMAGES),$(call compile,pyproject.toml --extra $(image) $(WITHIN),$(image)))
	$(call compile,pyproject.toml --extra train --extra cloud $(WITHIN),train)
	$(call compile,pyproject.toml --extra serve --group build $(WITHIN),serve)
	$(call compile,--group build $(WITHIN),build)
	$(call compile,--group audit $(WITHIN),audit)

define compile
$(UV) pip compile $(1) --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-header --no-annotate --quiet --upgrade -o requirements/$(2).txt

endef

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' || \
		{ echo "error: StayRank needs Python 3.11, 3.12 or 3.13: make PYTHON=python3.12 …"; exit 1; }
	$(PYTHON) -m venv $(VENV)

# The locks are complete. Without --no-deps, older pips (Python 3.11 brings 23.2) take the newest release
# of a package that is asked for with an extra, find it unpinned, and stop.
$(VENV)/.serve: requirements/serve.txt pyproject.toml | $(BIN)/python
	$(BIN)/pip install --quiet --no-deps --require-hashes -r requirements/serve.txt
	$(BIN)/pip install --quiet --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev: requirements/dev.txt pyproject.toml | $(BIN)/python
	$(BIN)/pip install --quiet --no-deps --require-hashes -r requirements/dev.txt
	$(BIN)/pip install --quiet --no-deps --no-build-isolation -e .
	@touch $@ $(VENV)/.serve

clean: ## remove everything that was made here
	rm -rf $(VENV) dist .*_cache .hypothesis
