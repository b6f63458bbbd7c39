# One set of flags for building and testing, so that going from one to the other rebuilds nothing:
# `swift test` would add -enable-testing a second time, and so is told not to.
# -march=native reaches Swift's own code generation through clang; it is left out where the compiler
# does not accept it. To leave it out by hand: make NATIVE= ...
NATIVE = $(eval NATIVE := $$(shell echo | swiftc -typecheck -Xcc -march=native - 2>/dev/null \
  && echo -Xcc -march=native))$(NATIVE)
FLAGS = -c release $(NATIVE) -Xswiftc -enable-testing

PYTHON ?= python3
# The fixtures that `make test` makes again: a few seconds of some minutes.
SAMPLE := --only 'schedule/*' --only 'time_at_log_snr/*' --only 'conditional_*/*'

.DEFAULT_GOAL := help
.PHONY: help setup toolchain libraries build run test lint format fixtures mutants proofs test-page browser clean benchmarks peers plain growth \
  sanitize fuzz-readers

help: ## list these targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/make \1|\2/p' $(MAKEFILE_LIST) \
	  | while IFS='|' read -r name text; do printf '%-16s%s\n' "$$name" "$$text"; done

setup: toolchain libraries .venv/requirements.txt ## install what is missing (apt or brew); do nothing twice

toolchain:
	@command -v swift >/dev/null || { echo "setup: no Swift toolchain found:" \
	  "install Swift 6.3 or later (https://www.swift.org/install)" >&2; exit 1; }

# The system packages, by the test that finds each missing.
libraries:
	@missing=; \
	need() { missing="$$missing $$(if [ "$$(uname)" = Darwin ]; then echo $$2; else echo $$1; fi)"; }; \
	command -v pkg-config >/dev/null || need pkg-config pkgconf; \
	pkg-config --exists gsl 2>/dev/null || need libgsl-dev gsl; \
	pkg-config --exists fftw3 2>/dev/null || need libfftw3-dev fftw; \
	$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || need 'python3 python3-venv' python3; \
	[ -n "$$missing" ] || exit 0; \
	if [ "$$(uname)" = Darwin ]; then \
	  command -v brew >/dev/null || { echo "setup: please install:$$missing" >&2; exit 1; }; \
	  brew install -q $$missing; exit; \
	fi; \
	command -v apt-get >/dev/null || { echo "setup: please install:$$missing" >&2; exit 1; }; \
	sudo=; \
	if [ "$$(id -u)" != 0 ]; then \
	  command -v sudo >/dev/null || { echo "setup: as root, please install:$$missing" >&2; exit 1; }; \
	  sudo=sudo; \
	fi; \
	export DEBIAN_FRONTEND=noninteractive; \
	$$sudo apt-get update -qq && $$sudo apt-get install -qq -y --no-install-recommends $$missing

# The pinned packages of the fixture generator; the copied list says that they are complete.
.venv/requirements.txt: Fixtures/generate/requirements.txt
	$(PYTHON) -m venv .venv
	.venv/bin/python -m pip install -q -r $<
	cp $< $@

build: toolchain ## build the library and the tool flowref
	swift build $(FLAGS)

run: setup build ## verify that the exact fields satisfy their equations; write report/
	"$$(swift build $(FLAGS) --show-bin-path)/flowref" verify --report report

test: setup lint ## format check, all tests, the oracle through its pipe, fixtures, mutants
	swift test --disable-testable-imports $(FLAGS)
	bin="$$(swift build $(FLAGS) --show-bin-path)"; \
	"$$bin/flowref" validate -- "$$bin/flowref" oracle --allow-files && \
	.venv/bin/python Tests/training/check_training.py "$$bin/flowref" && \
	.venv/bin/python Tests/tool/check_tool.py "$$bin/flowref"
	.venv/bin/python Fixtures/check_schema.py
	.venv/bin/python Fixtures/check_readme.py
	.venv/bin/python Fixtures/generate/generate.py --check $(SAMPLE)
	.venv/bin/python Fixtures/mutants/run.py --quick

lint: toolchain
	swift format lint --strict --recursive Sources Tests Package.swift \
	  Benchmarks/Package.swift Benchmarks/Sources Benchmarks/Benchmarks

format: toolchain ## format the Swift sources in place
	swift format --in-place --recursive Sources Tests Package.swift

fixtures: .venv/requirements.txt ## make all the fixtures again and check them by second routes
	.venv/bin/python Fixtures/generate/generate.py
	.venv/bin/python Fixtures/generate/check_independent.py
	.venv/bin/python Fixtures/generate/check_extremes.py

mutants: .venv/requirements.txt ## judge every mutant by the fixtures and write Fixtures/mutants/RESULT.md
	.venv/bin/python Fixtures/mutants/run.py

# By hand: hours on two cores. One module at a time keeps what is running known.
SANITIZERS ?= address thread undefined
MODULES ?= $(notdir $(wildcard Tests/Flow*Tests))
sanitize: setup ## all tests under the address, thread and undefined-behaviour sanitizers
	@for sanitizer in $(SANITIZERS); do for module in $(MODULES); do \
	  echo "== $$module, $$sanitizer"; \
	  swift test --disable-testable-imports $(FLAGS) --sanitize $$sanitizer \
	    --scratch-path .build-$$sanitizer --filter "$$module" || exit 1; \
	done; done

FUZZ_SECONDS ?= 600
fuzz-readers: toolchain ## drive the readers of JSON, CSV, NPY, models and fixtures with libFuzzer
	Tests/fuzz/run.sh .build-fuzz $(FUZZ_SECONDS)

# The pictures are to be looked at. Chromium is for this alone, so that setup leaves it out.
test-page: setup build browser ## check the explorer's page in headless Chromium; pictures in report/page
	$(PYTHON) Tests/page/check_page.py "$$(swift build $(FLAGS) --show-bin-path)/flowref" \
	  --pictures report/page

browser:
	@for name in chromium chromium-browser google-chrome; do command -v $$name >/dev/null && exit 0; done; \
	command -v apt-get >/dev/null || { echo "please install Chromium (brew install --cask chromium)" >&2; exit 1; }; \
	sudo=; [ "$$(id -u)" = 0 ] || sudo=sudo; \
	export DEBIAN_FRONTEND=noninteractive; \
	$$sudo apt-get update -qq && $$sudo apt-get install -qq -y --no-install-recommends chromium

# The bounds of the proofs are about what functions execute: first that this is what they execute today.
proofs: ## compare the traced operations with the code, install Coq where missing, compile and audit the proofs
	@if command -v swift >/dev/null; then \
	  swift test --disable-testable-imports $(FLAGS) --filter TraceTests; \
	else echo "proofs: no Swift toolchain: Proofs/traces is not compared with the code" >&2; fi
	$(MAKE) -C Proofs setup check recheck

benchmarks: toolchain libraries ## median times of the library's own operations
	swift package --package-path Benchmarks --allow-writing-to-package-directory \
	  benchmark $(if $(NATIVE),--Xswiftc Xcc --Xswiftc march=native)

TIMER = $$(swift build -c release --package-path Benchmarks $(NATIVE) --show-bin-path)/PeerTimer

Benchmarks/.venv/requirements.txt: Benchmarks/peers/requirements.txt
	$(PYTHON) -m venv Benchmarks/.venv
	Benchmarks/.venv/bin/python -m pip install -q -r $<
	cp $< $@

# What to compare with; torch and keops are installed when asked for: make peers PEERS="jax torch".
PEERS ?= numpy jax
peers: toolchain libraries Benchmarks/.venv/requirements.txt ## fields and flows beside numpy, jax, diffrax, scipy
	swift build -c release --package-path Benchmarks $(NATIVE) --product PeerTimer
	$(if $(filter torch keops,$(PEERS)),Benchmarks/.venv/bin/python -m pip install -q torch)
	$(if $(filter keops,$(PEERS)),Benchmarks/.venv/bin/python -m pip install -q pykeops)
	Benchmarks/.venv/bin/python Benchmarks/peers/peers.py --root . --peers "$(PEERS)" --timer "$(TIMER)"
	swift build $(FLAGS) --product flowref
	Benchmarks/.venv/bin/python Benchmarks/peers/training.py "$$(swift build $(FLAGS) --show-bin-path)/flowref"

PLAIN := --scratch-path Benchmarks/.build/plain
plain: toolchain libraries Benchmarks/.venv/requirements.txt ## how much slower it is when built without -march=native
	swift build -c release --package-path Benchmarks $(NATIVE) --product PeerTimer
	swift build -c release --package-path Benchmarks $(PLAIN) --product PeerTimer
	Benchmarks/.venv/bin/python Benchmarks/peers/builds.py --root . --timer "$(TIMER)" \
	  --plain "$$(swift build -c release --package-path Benchmarks $(PLAIN) --show-bin-path)/PeerTimer"

growth: toolchain libraries Benchmarks/.venv/requirements.txt ## how time and memory grow: tables and figures (gnuplot)
	@command -v gnuplot >/dev/null || { echo "growth: please install gnuplot" >&2; exit 1; }
	swift build -c release --package-path Benchmarks $(NATIVE) --product PeerTimer
	Benchmarks/.venv/bin/python Benchmarks/growth.py "$(TIMER)" Benchmarks/figures

clean: ## remove everything built here (the environment .venv stays)
	rm -rf .build report
