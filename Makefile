# Two commands matter: `make dev` runs the shop, `make test` tests it.

.PHONY: dev test check tools release bench deploy

dev: ## the whole cloud on this machine, until Ctrl-C; KONTOR_PORT=4600 for another port
	@python3 infra/local/cloud.py dev

test: ## everything: format, lints, template, unit, store, functions, HTTP, journeys on the deployed local cloud
	@python3 infra/local/cloud.py test

check: ## the part of `test` that needs nothing running
	@python3 infra/local/cloud.py check

tools: ## cargo-lambda, for running one function and for releases
	@python3 infra/local/cloud.py tools

release: ## the binaries for Lambda in target/lambda/; ARCH=x86_64 for the other architecture
	@python3 infra/local/cloud.py release

bench: ## what a request costs at the table, and how the release binaries start
	@python3 infra/local/cloud.py bench

deploy: release ## to your AWS account, with the settings of samconfig.toml
	@sam deploy
