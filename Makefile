# Two commands matter: `make dev` runs the shop, `make test` tests it.

.PHONY: dev test browsers check rights update tools release bench lighthouse storm deploy

dev: ## runs the whole cloud on this machine until Ctrl-C; KONTOR_PORT=4600 for another port
	@python3 infra/local/commands.py dev

test: ## checks everything: what check does, commands in the docs, all pages in a browser, journeys and every other test, on deployed local clouds
	@python3 infra/local/commands.py test

browsers: ## all of the shop, the console and the docs in a browser, on a deployed local cloud (Playwright, axe)
	@python3 infra/local/commands.py browsers

check: ## format, lints, template, dependencies and the description of the API, without a running cloud
	@python3 infra/local/commands.py check

rights: ## runs all tests and writes the rights of functions at the table, as the tests used them, into template.yaml
	@python3 infra/local/commands.py rights

update: ## writes all generated files again: routes (also in template.yaml), OpenAPI, Postman collection, snapshots
	@python3 infra/local/commands.py update

tools: ## installs cargo-lambda in .local/venv/bin, for running one function
	@python3 infra/local/commands.py tools

release: ## builds the pages, and the binaries for Lambda in target/lambda/, for arm64; ARCH=x86_64 for the other architecture
	@python3 infra/local/commands.py release

bench: ## prints the cost of requests at the table, the start times of the release binaries, and what shoppers cost; PRODUCTS=100000
	@python3 infra/local/commands.py bench

lighthouse: ## scores of the storefront's pages
	@python3 infra/local/commands.py lighthouse

storm: ## a storm of buyers, staff, Stripe and failures on a local cloud, and its books; SEED=7 ORDERS=300, or MAILS=2000
	@python3 infra/local/commands.py storm

deploy: release ## deploys to your AWS account, with the settings of samconfig.toml
	@sam deploy
