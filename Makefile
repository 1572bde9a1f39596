# Two commands matter: `make dev` runs the shop, `make test` tests it.

.PHONY: dev test check update tools release bench deploy

dev: ## the whole cloud on this machine, until Ctrl-C; KONTOR_PORT=4600 for another port
	@python3 infra/local/commands.py dev

test: ## everything: format, lints, template, the commands of the docs, all tests, journeys on a deployed local cloud
	@python3 infra/local/commands.py test

check: ## the part of `test` that needs nothing running
	@python3 infra/local/commands.py check

update: ## writes every generated file again: routes, OpenAPI, Postman collection, routes in template.yaml
	@python3 infra/local/commands.py update

tools: ## cargo-lambda in .local/venv/bin, for running one function
	@python3 infra/local/commands.py tools

release: ## the binaries for Lambda in target/lambda/; ARCH=x86_64 for the other architecture
	@python3 infra/local/commands.py release

bench: ## what a request costs at the table, and how the release binaries start
	@python3 infra/local/commands.py bench

deploy: release ## to your AWS account, with the settings of samconfig.toml
	@sam deploy
