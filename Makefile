# Every target calls the same command line that CI and people call: python -m operate (see operate/).
# STACK picks a stack, that is a file Pulumi.<stack>.yaml; ARGS goes on to the command.
STACK ?= dev
ARGS ?=

.DEFAULT_GOAL := help
.PHONY: help up preview preview-offline down refresh output status drift graph snapshot snapshots restore shell init check-hosts toolchain bundle sbom release-check release-bundle license-sign rewrite check test test-suites test-full bench clean

# operate/bootstrap prints the directory of the Python environment, which it makes when it is not there.
python = @environment="$$(./operate/bootstrap)" && exec "$$environment/bin/python"
operate = $(python) -m operate

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1|\2/p' $(MAKEFILE_LIST) | \
		while IFS='|' read -r target text; do printf '  make %-13s %s\n' "$$target" "$$text"; done
	@printf '\n  STACK=%s picks another stack: a file Pulumi.<stack>.yaml here\n' name

up: ## tool chain, bundle and `pulumi up`: bring the stack up, or to what its configuration says
	$(operate) up --stack $(STACK) $(ARGS)

preview: ## what `make up` would change; needs no bundle and no running cluster. REPORT=… writes a report too
	$(operate) preview --stack $(STACK) $(if $(REPORT),--report "$(REPORT)") $(ARGS)

preview-offline: ## what changes against BASE=…, without cluster, account, plugin or secret; REPORT=… as above
	$(operate) preview-offline --stack $(STACK) $(if $(BASE),--base "$(BASE)") $(if $(REPORT),--report "$(REPORT)")

down: ## destroy all that the stack made; its keys and secrets stay
	$(operate) down --stack $(STACK) $(ARGS)

refresh: ## read the real state of everything the stack made into Pulumi's state
	$(operate) refresh --stack $(STACK) $(ARGS)

output: ## the stack's outputs; ARGS=--show-secrets prints the secret ones too
	$(operate) output --stack $(STACK) $(ARGS)

status: ## what runs, what does not and why; ARGS=--json for machines
	$(operate) status --stack $(STACK) $(ARGS)

drift: ## what differs on hosts and in the cluster from what the stack says; changes nothing. ARGS=--json for machines
	$(operate) drift --stack $(STACK) $(ARGS)

graph: ## a page of the stack as built: what waits for what, and why the last up took so long; OUT=… chooses the file
	$(operate) graph --stack $(STACK) $(if $(OUT),--out "$(OUT)")

snapshot: ## a snapshot of each claim of the application, now
	$(operate) snapshot --stack $(STACK)

snapshots: ## which snapshots there are: id, time, claim, size
	$(operate) snapshots --stack $(STACK)

restore: ## bring the claim of the snapshot ID=… back to what it was; who uses it is down meanwhile
	$(operate) restore --stack $(STACK) --id "$(ID)" $(ARGS)

shell: ## a shell, or commands from stdin, with pulumi, kubectl and KUBECONFIG of the stack
	$(operate) shell --stack $(STACK) $(ARGS)

init: ## make the stack's secrets, once (up does this by itself for stacks of local hosts)
	$(operate) init --stack $(STACK) $(ARGS)

check-hosts: ## look at all hosts of a stack with provider ssh and report every fault; changes nothing
	$(operate) check-hosts --stack $(STACK)

toolchain: ## build or find pulumi, its plugins and kubectl, and print where they are
	$(operate) toolchain $(ARGS)

bundle: ## build the airgap bundle of the stack
	$(operate) bundle --stack $(STACK) $(ARGS)

sbom: ## write the bill of materials of the stack's bundle (CycloneDX) and print its file's name
	$(operate) sbom --stack $(STACK) $(ARGS)

release-check: ## what RELEASE=… would apply under LICENSE=… [VALUES=… KEY=… STACK=…]; needs no cluster, for a vendor's CI
	$(operate) release-check --release "$(RELEASE)" --license "$(LICENSE)" $(if $(VALUES),--values "$(VALUES)") $(if $(KEY),--key "$(KEY)") $(if $(filter file,$(origin STACK)),,--stack "$(STACK)")

release-bundle: ## lock the images of RELEASE=… in LOCK=…, put them together and print the directory; LICENSE=… as above
	$(operate) release-bundle --release "$(RELEASE)" --license "$(LICENSE)" --lock "$(LOCK)" $(if $(VALUES),--values "$(VALUES)") $(if $(KEY),--key "$(KEY)")

license-sign: ## sign LICENSE=… with the private key KEY=…, which is made if it is not there, and print the license
	$(operate) license-sign --license "$(LICENSE)" --key "$(KEY)"

rewrite: ## the rewrites of an application for YAML on stdin; ARGS='--registry HOST:PORT …', all with ARGS=--help
	$(operate) rewrite $(ARGS)

check: ## format, lint, types, shell scripts and unit tests, without the tool chain or a cluster
	$(operate) check

test: ## check, then the tests with the real tool chain, real hosts and a real cluster
	$(operate) test

test-suites: ## of make test, what needs the tool chain and hosts but no whole cluster
	$(operate) test-suites $(ARGS)

test-full: ## make test and the tests that take too long for every change
	$(operate) test --full

bench: ## measure the appliance against its peers and write docs/benchmarks.md; ARGS=unchanged for one row
	$(python) -m bench $(ARGS)

clean: ## give back the disk space of everything that can be built again; state and secrets stay
	$(operate) clean $(ARGS)
