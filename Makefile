# Two commands matter: `make dev` runs the shop, `make test` tests it. The rest are parts of them, or for operators.

.PHONY: dev test check release bench

dev: ## the whole cloud on this machine, until Ctrl-C
	@python3 infra/local/cloud.py dev

test: check ## everything: format, lints, template, unit, store, HTTP, journeys on the deployed cloud
	@python3 infra/local/cloud.py test

check: ## what needs nothing running
	@cargo fmt --all --check
	@cargo clippy --workspace --all-targets --quiet -- --deny warnings
	@python3 infra/local/cloud.py lint
