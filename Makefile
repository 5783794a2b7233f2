# Every command a newcomer needs, on one screen. `make` lists them.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MODELS := .cache/models
export ROSTRUM_MODEL_DIR := $(CURDIR)/$(MODELS)

.PHONY: help run test bench fuzz callgrind dev gen fmt packages models web server check rust e2e clients loss

help: ## List the commands
	@grep -hE '^[a-z0-9]+:.*##' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-8s %s\n", $$1, $$2}'

run: packages server ## Install what is missing, build, start with the demonstration on http://localhost:8080
	@$(MAKE) --no-print-directory models || echo "Starting without the speech model: machine captions are off."
	./target/release/rostrum serve --demo --data-dir data/demo

test: testpackages models web check rust e2e ## Install what is missing, run every check and test
	@echo "All checks and tests passed."

bench: packages models server ## Measure (BENCH=name for one); writes target/bench.json
	./target/release/rostrum drill bench --out target/bench.json $(if $(BENCH),--name $(BENCH))

FUZZ_SECONDS ?= 30
fuzz: ## Fuzz what strangers can send, FUZZ_SECONDS for each target (needs a nightly toolchain)
	@command -v cargo-fuzz >/dev/null || cargo install cargo-fuzz --locked
	cd server/media && for target in $$(cargo +nightly fuzz list); do \
	  mkdir -p fuzz/corpus/$$target; \
	  cargo +nightly fuzz run --target-dir ../../target/fuzz $$target fuzz/corpus/$$target fuzz/seeds/$$target -- \
	    -max_total_time=$(FUZZ_SECONDS) -timeout=10 -print_final_stats=1; \
	done

callgrind: ## Count the instructions of a forwarded packet and compare with the number kept (valgrind)
	@server/media/tests/callgrind/count.sh

plot: ## Draw the cost of a forwarded packet against subscribers from target/bench.json
	./target/release/rostrum drill plot

dev: packages models ## The server with an empty data folder, for work on the web with `npm run dev`
	cargo run -p rostrum -- serve --data-dir data/dev

gen: ## Write everything that is generated: message types, OpenAPI, its TypeScript
	cargo run -q -p rostrum-domain --example signal_typescript
	cargo run -q -p rostrum -- openapi > server/app/openapi.json
	cd web && npm run gen

fmt: ## Format Rust and web sources
	cargo fmt --all
	cd web && npm run format

packages:
	@deploy/setup/packages.sh build

.PHONY: testpackages
testpackages:
	@deploy/setup/packages.sh test

models: ## Fetch the speech model and its runtime (pinned by hash); captions are off without them
	@deploy/models/fetch.sh $(MODELS)

web: web/node_modules/.package-lock.json
	cd web && npm run build

web/node_modules/.package-lock.json: web/package-lock.json
	cd web && npm ci --no-audit --no-fund

server: web
	cargo build --release -p rostrum

check: web ## Formats, lints, types, web unit tests
	cargo fmt --all --check
	cargo clippy --workspace --all-targets -- -D warnings
	cd web && npm run gen:check && npm run lint && npm run check && npm test

# Always `--workspace`: building one package alone would resolve other features and compile the dependencies again.
rust: web models ## Unit, property and contract tests; black-box tests of the binary on SQLite, then on PostgreSQL
	cargo build --workspace --all-targets
	ROSTRUM_TEST_DB=sqlite cargo test --workspace
	ROSTRUM_TEST_DB=postgres cargo test --workspace --test it

.PHONY: standards
standards: ## Every form of a record, read by tools that nobody here wrote (PyPI; installed into target/standards)
	mkdir -p target/standards/forms
	test -x target/standards/venv/bin/python || python3 -m venv target/standards/venv
	target/standards/venv/bin/pip install -q -r tests/standards/requirements.txt
	ROSTRUM_FORMS_DIR=$(CURDIR)/target/standards/forms cargo test -q -p rostrum --lib every_form_of_every_edition
	target/standards/venv/bin/python tests/standards/check.py target/standards/forms

e2e: tests/e2e/node_modules/.package-lock.json web models ## End-to-end in Chromium with a fake camera and microphone
	cargo build --workspace --all-targets
	cd tests/e2e && npx tsc --noEmit && npx playwright test

clients: tests/e2e/node_modules/.package-lock.json web ## Independent WebRTC clients publish and view (CLIENTS="aiortc ffmpeg" for some)
	cargo build --workspace --all-targets
	python3 tests/clients/run.py $(CLIENTS)

loss: tests/e2e/node_modules/.package-lock.json web ## Chromium watches through 5 and 10 % loss: frozen picture, made-up sound
	cargo build --workspace --all-targets
	python3 tests/clients/loss.py

tests/e2e/node_modules/.package-lock.json: tests/e2e/package-lock.json
	cd tests/e2e && npm ci --no-audit --no-fund
