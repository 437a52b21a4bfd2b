# Everything a contributor or a user runs. `make help` lists it.
.DEFAULT_GOAL := help
.PHONY: help setup build run demo test test-unit test-e2e test-kubernetes bench bench-agent bench-login bench-store soak-agent storm-agent lint format typecheck swagger clean

NODE_MODULES := node_modules/.package-lock.json

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

$(NODE_MODULES): package.json package-lock.json
	npm ci
	@touch $@

setup: $(NODE_MODULES) ## Install what package-lock.json names

build: setup ## Compile to dist/
	npm run --silent build

run: build ## Start a whole cluster on this machine, until Ctrl-C (ARGS="--nodes 5" for options)
	@node dist/cli/main.js local $(ARGS)

demo: ## Show the chain on the cluster that `make run` started
	@node dist/cli/main.js demo $(ARGS)

test: setup ## Run every test that needs nothing but Node (the same as `make test-unit test-e2e`)
	npx vitest run --project unit --project repository --project contract --project e2e

test-unit: setup ## Only the fast tests
	npx vitest run --project unit --project repository --project contract

test-e2e: setup ## Only the tests of whole programs
	npx vitest run --project e2e

test-kubernetes: setup ## The end-to-end tests on a real API server and etcd (needs Go; builds them once)
	npx vitest run --project kubernetes

bench: bench-agent bench-login bench-store ## Run every benchmark; figures beside their bars, none of which fails

bench-agent: build ## The agent on a full node: real processes in real cgroups (needs root and cgroup v2)
	@node dist/tools/bench/agent/main.js $(ARGS)

bench-store: build ## Durable writes and reads of the embedded store, and of MongoDB at BENCH_MONGODB_URI
	@node dist/tools/bench/store/main.js

bench-login: build ## Signing in: does it take as long for a name that nobody has
	@node dist/tools/bench/login/main.js $(ARGS)

soak-agent: build ## The agent under churn for ARGS minutes (30); nothing of it may grow
	@node dist/tools/bench/agent/soak.js $(ARGS)

storm-agent: build ## Fork, exec, exit and reuse of pids around the agent for ARGS seconds (60)
	@node dist/tools/bench/agent/storm.js $(ARGS)

lint: setup ## Formatting, rules and the import table
	npm run --silent lint

typecheck: setup ## Types
	npm run --silent typecheck

format: setup ## Rewrite the sources in the project's format
	npm run --silent format

swagger: build ## Write swagger/*.json from the routes
	node dist/tools/write-swagger.js

clean: ## Remove what was built and installed
	rm -rf dist node_modules coverage
