# Wetread: every task of a developer or a first user. `make help` lists them.

SHELL := /bin/bash
.DEFAULT_GOAL := help

# Debian packages: what the product needs, and what the tests use besides.
PRODUCT_PACKAGES := libncursesw5-dev libdcmtk-dev libopenblas-dev libsqlite3-dev libopenjp2-7-dev \
	libpng-dev libjpeg62-turbo-dev zlib1g-dev libstdc++-12-dev
TEST_PACKAGES := $(PRODUCT_PACKAGES) tmux python3 dcmtk

PROGRAM := .build/release/wetread
FORMAT := --configuration .ci/swift-format.json
SOURCES = $(shell git ls-files --cached --others --exclude-standard '*.swift')

.PHONY: help demo test check build run goldens bench docs install clean packages test-packages \
	format lint suite

help:  ## list every target
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: packages build  ## import and analyse SampleStudies in a scratch home, open the workstation
	@.ci/demo $(PROGRAM)

test: test-packages check suite  ## system packages, build, make check, the whole test suite

check: test-packages lint  ## what a commit must pass: format, warnings, house rules, generated files
	swift build -c release --build-tests
	@.ci/swift-test --filter HouseTests

build: packages  ## release build (warnings in our own targets are errors)
	swift build -c release --product wetread

run: build  ## open the workstation on your own home
	$(PROGRAM)

suite:
	@.ci/swift-test

lint:
	swift format lint --strict $(FORMAT) $(SOURCES)

format:  ## rewrite the Swift sources in the house format
	swift format -i $(FORMAT) $(SOURCES)

goldens: test-packages  ## record the goldens anew (then review the diff)
	swift build -c release --build-tests
	RECORD_GOLDENS=1 swift test -c release --skip-build || true
	git diff --stat

docs: build  ## write the generated pages under Documentation/
	$(PROGRAM) documentation --write Documentation

bench: build  ## speed and memory, appended to Benchmarks/history.ndjson
	python3 Benchmarks/bench.py --program $(PROGRAM)

PREFIX ?= /usr/local
install: build  ## install under PREFIX (default /usr/local)
	install -D $(PROGRAM) $(PREFIX)/lib/wetread/wetread
	cp -r .build/release/wetread_Analyzer.resources $(PREFIX)/lib/wetread/
	cp -r Themes $(PREFIX)/lib/wetread/
	mkdir -p $(PREFIX)/bin
	ln -sf ../lib/wetread/wetread $(PREFIX)/bin/wetread

packages:
	@.ci/packages $(PRODUCT_PACKAGES)

test-packages:
	@.ci/packages $(TEST_PACKAGES)

clean:  ## remove what was built
	rm -rf .build
