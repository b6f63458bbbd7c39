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
.PHONY: help setup toolchain libraries interpreter build install man run test test-readme lint format fixtures adapters mutants proofs \
  test-page browser clean benchmarks peers plain growth sanitize fuzz-readers interface catalogue examples python wheel test-python \
  python-lint notebooks speed-python

help: ## list these targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/make \1|\2/p' $(MAKEFILE_LIST) \
	  | while IFS='|' read -r name text; do printf '%-18s%s\n' "$$name" "$$text"; done

setup: toolchain libraries interpreter .venv/requirements.txt ## install what is missing for the tests (apt or brew); do nothing twice

toolchain:
	@command -v swift >/dev/null || { echo "setup: no Swift toolchain found:" \
	  "install Swift 6.3 or later (https://www.swift.org/install)" >&2; exit 1; }

# The system packages, by the test that finds each missing.
libraries:
	@missing=; $(NEED); \
	command -v pkg-config >/dev/null || need pkg-config pkgconf; \
	pkg-config --exists gsl 2>/dev/null || need libgsl-dev gsl; \
	pkg-config --exists fftw3 2>/dev/null || need libfftw3-dev fftw; \
	$(INSTALL)

interpreter:
	@missing=; $(NEED); \
	$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || need 'python3 python3-venv' python3; \
	$(INSTALL)

# need APT BREW: notes a missing package by its name there.
NEED = need() { missing="$$missing $$(if [ "$$(uname)" = Darwin ]; then echo $$2; else echo $$1; fi)"; }
# Installs what is missing.
INSTALL = [ -n "$$missing" ] || exit 0; \
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

BIN = $$(swift build $(FLAGS) --show-bin-path)

# The first build takes about 15 minutes of processor time, most of it for the engine's vector kernels; later ones what
# has changed. Beside the tool stands the commit that it was built from, for flowref --version.
build: toolchain libraries ## build the library and the tool flowref; says where it is
	@[ -x .build/release/flowref ] || echo "make: the first build takes about 15 minutes of processor time," \
	  "half of it on the clock with two cores; then only what changes" >&2
	@start=$$(date +%s); swift build $(FLAGS) || exit 1; bin="$(BIN)"; \
	commit="$$(git describe --always --dirty 2>/dev/null || true)"; \
	[ -z "$$commit" ] || echo "$$commit" > "$$bin/flowref.commit"; \
	echo "make: built in $$(($$(date +%s) - start)) s: $$bin/flowref" >&2; \
	echo "make: \"make install PREFIX=$$HOME/.local\" puts it into $$HOME/.local/bin" >&2

PREFIX ?= /usr/local
SHARE = $(DESTDIR)$(PREFIX)/share
install: build man ## install flowref, its data, man pages and completions below PREFIX (/usr/local)
	@set -e; bin="$(BIN)"; \
	mkdir -p "$(DESTDIR)$(PREFIX)/bin" "$(SHARE)/flowref" "$(SHARE)/man/man1" \
	  "$(SHARE)/bash-completion/completions" "$(SHARE)/zsh/site-functions" "$(SHARE)/fish/vendor_completions.d"; \
	cp "$$bin/flowref" "$(DESTDIR)$(PREFIX)/bin/flowref"; \
	[ ! -f "$$bin/flowref.commit" ] || cp "$$bin/flowref.commit" "$(SHARE)/flowref/"; \
	rm -rf "$(SHARE)/flowref/Fixtures"; mkdir "$(SHARE)/flowref/Fixtures"; \
	for directory in Fixtures/*/; do \
	  case "$$directory" in */generate/|*/mutants/|*/adapters/|*/findings/|*/__pycache__/) ;; \
	  *) cp -R "$${directory%/}" "$(SHARE)/flowref/Fixtures/";; esac; \
	done; \
	cp .build/man/*.1 "$(SHARE)/man/man1/"; \
	"$$bin/flowref" --generate-completion-script bash > "$(SHARE)/bash-completion/completions/flowref"; \
	"$$bin/flowref" --generate-completion-script zsh > "$(SHARE)/zsh/site-functions/_flowref"; \
	"$$bin/flowref" --generate-completion-script fish > "$(SHARE)/fish/vendor_completions.d/flowref.fish"; \
	echo "make: installed $(DESTDIR)$(PREFIX)/bin/flowref with its data, man pages and completions" >&2

# By the tool that comes with swift-argument-parser, from what flowref says of its commands.
PARSER = .build/checkouts/swift-argument-parser
man: build ## man pages of flowref and its commands, in .build/man
	@set -e; swift build -c release --package-path $(PARSER) --scratch-path .build/manual --product generate-manual \
	  >/dev/null; \
	rm -rf .build/man; mkdir .build/man; \
	"$$(swift build -c release --package-path $(PARSER) --scratch-path .build/manual --show-bin-path)/generate-manual" \
	  "$(BIN)/flowref" --multi-page --output-directory .build/man

run: build ## verify that the exact fields satisfy their equations; write report/index.html
	@echo "make: checks every identity on every path and target: about six minutes of processor time on a common" \
	  "laptop" >&2
	"$(BIN)/flowref" verify --out report

test: setup lint ## format check, all tests, the oracle through its pipe, fixtures, mutants
	swift test --disable-testable-imports $(FLAGS)
	bin="$$(swift build $(FLAGS) --show-bin-path)"; \
	"$$bin/flowref" validate -- "$$bin/flowref" oracle --allow-files && \
	.venv/bin/python Tests/training/check_training.py "$$bin/flowref" && \
	.venv/bin/python Tests/tool/check_tool.py "$$bin/flowref" && \
	.venv/bin/python Tests/readme/check_readme.py "$$bin/flowref"
	.venv/bin/python Fixtures/check_schema.py
	.venv/bin/python docs/protocol/generate.py "$(BIN)/flowref" --check
	.venv/bin/python Fixtures/check_readme.py
	.venv/bin/python Fixtures/generate/generate.py --check $(SAMPLE)
	.venv/bin/python Fixtures/mutants/run.py --quick
	.venv/bin/python Fixtures/findings/check.py

test-readme: build ## run every command of README.md and docs/ and every example of the help
	$(PYTHON) Tests/readme/check_readme.py "$(BIN)/flowref"

lint: toolchain ## the format, the order of the rooms (docs/ARCHITECTURE.md), the public interface (docs/interface)
	swift format lint --strict --recursive Sources Tests Package.swift \
	  Benchmarks/Package.swift Benchmarks/Sources Benchmarks/Benchmarks
	$(PYTHON) Tests/architecture/check_imports.py
	$(PYTHON) Tests/architecture/check_rooms.py
	$(PYTHON) Tests/architecture/interface.py

interface: ## write docs/interface, the public interface, after a change that is meant
	$(PYTHON) Tests/architecture/interface.py --write

catalogue: build ## write docs/CATALOGUE.md and Fixtures/catalogue.json from the lists
	bin="$$(swift build $(FLAGS) --show-bin-path)"; \
	"$$bin/flowref" catalogue > docs/CATALOGUE.md && "$$bin/flowref" catalogue --json > Fixtures/catalogue.json

examples: toolchain libraries ## build and run the programs of Examples/
	swift build -c release --package-path Examples $(NATIVE)
	bin="$$(swift build -c release --package-path Examples $(NATIVE) --show-bin-path)"; \
	for name in ExactField OwnPath FlowAndLikelihood CheckACode Pairing; do \
	  echo "== $$name"; "$$bin/$$name" || exit 1; done

format: toolchain ## format the Swift sources in place
	swift format --in-place --recursive Sources Tests Package.swift

fixtures: .venv/requirements.txt ## make all the fixtures again and check them by second routes
	.venv/bin/python Fixtures/generate/generate.py
	.venv/bin/python Fixtures/generate/check_independent.py
	.venv/bin/python Fixtures/generate/check_extremes.py

# Heavy (minutes, and gigabytes where torch is needed): by hand, never in CI. NAMES="scipy pot" takes some of them.
adapters: build ## judge the libraries that people use and write their pages, Fixtures/findings; by hand
	$(PYTHON) Fixtures/adapters/run.py "$(BIN)/flowref" $(NAMES)

mutants: .venv/requirements.txt ## judge every mutant by the fixtures and write Fixtures/mutants/RESULT.md
	.venv/bin/python Fixtures/mutants/run.py

# By hand: an hour and a half on two cores. One module at a time keeps what is running known.
# Swift has the undefined-behaviour sanitizer on Apple's systems only.
SANITIZERS ?= address thread $(if $(filter Darwin,$(shell uname)),undefined)
MODULES ?= $(notdir $(wildcard Tests/Flow*Tests))
sanitize: setup ## all tests under the sanitizers that Swift has here: address, thread, on Apple's systems undefined
	@for sanitizer in $(SANITIZERS); do \
	  FLAGS="$(FLAGS)" Tests/sanitizers/run.sh $$sanitizer $(MODULES) || exit 1; done

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

# What to compare with: flowref is this library from Python; torch and keops are installed when asked for:
# make peers PEERS="jax torch".
PEERS ?= flowref numpy jax
peers: toolchain libraries Benchmarks/.venv/requirements.txt ## fields and flows beside numpy, jax, diffrax, scipy
	swift build -c release --package-path Benchmarks $(NATIVE) --product PeerTimer
	$(if $(filter flowref,$(PEERS)),$(MAKE) python && Benchmarks/.venv/bin/python -m pip install -q \
	  --force-reinstall --no-deps Python/dist/flowref-*.whl)
	$(if $(filter torch keops,$(PEERS)),Benchmarks/.venv/bin/python -m pip install -q torch)
	$(if $(filter keops,$(PEERS)),Benchmarks/.venv/bin/python -m pip install -q pykeops)
	Benchmarks/.venv/bin/python Benchmarks/peers/peers.py --root . --peers "$(PEERS)" --timer "$(TIMER)"
	swift build $(FLAGS) --product flowref
	Benchmarks/.venv/bin/python Benchmarks/peers/training.py "$$(swift build $(FLAGS) --show-bin-path)/flowref"
	$(if $(filter torch,$(PEERS)),Benchmarks/.venv/bin/python Benchmarks/peers/images.py \
	  "$$(swift build $(FLAGS) --show-bin-path)/flowref")

PLAIN := --scratch-path Benchmarks/.build/plain
plain: toolchain libraries Benchmarks/.venv/requirements.txt ## how much slower it is when built without -march=native
	swift build -c release --package-path Benchmarks $(NATIVE) --product PeerTimer
	swift build -c release --package-path Benchmarks $(PLAIN) --product PeerTimer
	Benchmarks/.venv/bin/python Benchmarks/peers/builds.py --root . --timer "$(TIMER)" \
	  --plain "$$(swift build -c release --package-path Benchmarks $(PLAIN) --show-bin-path)/PeerTimer"

# The Python packages (Python/README.md). Both wheels are written to Python/dist.
PYTHON_TOOLS = Python/.venv/bin/python
BIN = $$(swift build $(FLAGS) --show-bin-path)

Python/.venv/requirements.txt: Python/requirements.txt
	$(PYTHON) -m venv Python/.venv
	$(PYTHON_TOOLS) -m pip install -q -r $<
	cp $< $@

python: toolchain libraries Python/.venv/requirements.txt ## build the Python wheels for this machine
	swift build $(FLAGS) --product flowrefc
	$(PYTHON_TOOLS) Python/link.py "$(BIN)" native
	$(PYTHON_TOOLS) Python/flowref/names.py
	$(PYTHON_TOOLS) Python/wheels.py

# One library for each level of the x86-64 psABI, chosen when the package is imported; elsewhere the one of the
# machine at hand. GSL=no leaves out the steppers of GSL, and with them the GPL.
GSL ?= yes
LEVELS ?= $(if $(filter x86_64,$(shell uname -m)),x86-64-v4 x86-64-v3 x86-64,native)
wheel: toolchain libraries Python/.venv/requirements.txt ## build the Python wheels to publish, for every x86-64
	@set -e; pairs=; for level in $(LEVELS); do \
	  flags="-c release --scratch-path .build-wheel/$$level-gsl-$(GSL) $(if $(filter native,$(LEVELS)),$(NATIVE),-Xcc -march=$$level)"; \
	  echo "== $$level"; FLOWREF_GSL=$(GSL) swift build $$flags --product flowrefc; \
	  pairs="$$pairs $$(FLOWREF_GSL=$(GSL) swift build $$flags --show-bin-path) $$level"; done; \
	$(PYTHON_TOOLS) Python/link.py --gsl $(GSL) $$pairs; \
	[ $(GSL) = no ] || $(PYTHON_TOOLS) Python/flowref/names.py; \
	$(PYTHON_TOOLS) Python/wheels.py --publish --gsl $(GSL)

test-python: python python-lint .venv/requirements.txt ## test the Python wheels in a fresh environment without Swift
	swift build $(FLAGS) --product flowref
	$(PYTHON_TOOLS) Python/test.py "$(BIN)"

notebooks: python ## run the notebooks and write their pages
	$(PYTHON_TOOLS) Python/test.py --notebooks docs/notebooks

speed-python: python ## what a call costs from Python, beside Swift, numpy, jax and the pipe
	swift build $(FLAGS) --product flowref
	swift build -c release --package-path Benchmarks $(NATIVE) --product PeerTimer
	$(PYTHON_TOOLS) Python/test.py --speed "$(BIN)" "$(TIMER)"

python-lint: Python/.venv/requirements.txt ## ruff and mypy --strict on the Python packages
	$(PYTHON_TOOLS) Python/lint.py

growth: toolchain libraries Benchmarks/.venv/requirements.txt ## how time and memory grow: tables and figures (gnuplot)
	@command -v gnuplot >/dev/null || { echo "growth: please install gnuplot" >&2; exit 1; }
	swift build -c release --package-path Benchmarks $(NATIVE) --product PeerTimer
	Benchmarks/.venv/bin/python Benchmarks/growth.py "$(TIMER)" Benchmarks/figures

clean: ## remove everything built here (the environment .venv stays)
	rm -rf .build report
