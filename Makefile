.DEFAULT_GOAL := help
.PHONY: help land check build publish stream nightly drop report contacts test test-report test-services test-stream test-spark lint format docs docs-serve evaluate fitted backtest bench extracts lock clean

PYTHON ?= python3
VENV ?= .venv
DBT := $(VENV)/bin/dbt
# The Python package, which is dbt as well, saying how far it is.
PACKAGE := $(VENV)/bin/python -m late_payments
INSTALLED := $(VENV)/installed
DATABASE := $(or $(LATE_PAYMENTS_DATABASE),late_payments.duckdb)

# A variable set to nothing is passed on as nothing, for dbt to refuse: a scheduler that loses a date must not
# rebuild the live marts instead.
is_set = $(filter-out undefined,$(origin $(1)))
# make hands both to the shell as environment variables, so their values need no quoting here. Landing takes the same
# vars as building, and a build that asks for nothing has none, like a plain dbt command: with other vars dbt would parse
# the project anew.
LANDS := $(or $(call is_set,EXTRACTS),$(call is_set,SOURCE))
COMMA := ,
VARS := --vars "{$(if $(LANDS),raw: landed$(COMMA),$(if $(RAW),raw: '$$RAW'$(COMMA)))$(if $(call is_set,AS_OF), as_of: '$$AS_OF')}"

ORIGIN := $(if $(call is_set,EXTRACTS),--extracts="$$EXTRACTS") $(if $(call is_set,SOURCE),--source="$$SOURCE")
LAND := $(PACKAGE).landing $(ORIGIN) $(VARS)
# Lands what it is asked to, before it builds, in one process. On Spark a landing is a command of its own.
LAND_AND := $(PACKAGE) $(VARS) $(ORIGIN)
ifeq ($(DBT_TARGET),spark)
LAND := $(DBT) --quiet run-operation land $(VARS) --args "$$($(VENV)/bin/python -c \
	'import json, os; print(json.dumps({"directory": os.environ.get("EXTRACTS")}))')"
LAND_AND := $(if $(LANDS),$(LAND) &&) $(PACKAGE) $(VARS)
endif

# Files on a local disk need no package of the services.
NEEDED := $(INSTALLED) $(if $(filter spark,$(DBT_TARGET)),$(INSTALLED)-spark) \
	$(if $(call is_set,SOURCE)$(filter s3://%,$(EXTRACTS)),$(INSTALLED)-services)

OR_SAY_WHERE_TO_LOOK := || { echo "Nothing was published. What the messages mean and what to do: docs/runbook.md" >&2; exit 1; }

# Measured on two cores, nothing downloaded before: 68 s for requirements.txt, 74 s more for requirements-services.txt.
INSTALL = echo "Installing what $< names into $(VENV): about a minute the first time" \
	&& $(VENV)/bin/python -m pip install --quiet --disable-pip-version-check --requirement

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-12s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

$(INSTALLED): requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10))' \
		|| { echo "Python 3.10 or newer is needed; name one with make PYTHON=…" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV)
	@$(INSTALL) requirements.txt
	@touch $@

# What only some targets need: the optional dependencies of pyproject.toml, each locked in a file of its own.
$(INSTALLED)-%: requirements-%.txt $(INSTALLED)
	@$(INSTALL) $<
	@touch $@

land: $(NEEDED) ## fill schema raw from EXTRACTS=directory or SOURCE=mysql
	@$(LAND) $(OR_SAY_WHERE_TO_LOOK)

build: $(NEEDED) ## build and test every layer, write exports/ [EXTRACTS=directory, SOURCE=mysql or RAW=landed] [AS_OF=YYYY-MM-DD]
	@$(LAND_AND) build $(OR_SAY_WHERE_TO_LOOK)

check: $(NEEDED) ## name every fault of a delivery, build no mart [EXTRACTS=directory, SOURCE=mysql or RAW=landed]
	@$(LAND_AND) build --select +path:models/staging --indirect-selection buildable --exclude-resource-type unit_test \
		$(OR_SAY_WHERE_TO_LOOK)
	@echo "The four tables can be built: every row has its types, its key and its partners."

drop: $(INSTALLED) ## remove the replay of AS_OF=YYYY-MM-DD, its schemas and files
	@$(DBT) --quiet run-operation drop_replay $(VARS)

publish: $(INSTALLED)-services ## send the marts of the last build to PostgreSQL and exports/ [EXTRACTS=directory]
	@$(PACKAGE).publish $(VARS) $(OR_SAY_WHERE_TO_LOOK)

# Unit tests try the SQL on rows of their own: they say nothing about last night's data. The debug log costs a tenth of
# the processor's time; whoever needs it sets the variable to debug.
nightly: export DBT_LOG_LEVEL_FILE ?= none
nightly: $(INSTALLED)-services ## land, build, test the data and publish, in one process: EXTRACTS=directory, SOURCE=mysql or RAW=landed
	@$(if $(LANDS)$(RAW),,$(error nightly needs to know what to build from: EXTRACTS=directory, SOURCE=mysql or RAW=landed))
	@$(LAND_AND) --publish build --exclude-resource-type unit_test $(OR_SAY_WHERE_TO_LOOK)

# In the place of the shell, so that the signals that make passes on reach it.
stream: $(INSTALLED)-stream ## follow TRS by way of Kafka until stopped: land each change, refresh the marts, publish what changed
	@exec $(PACKAGE).stream

report: $(INSTALLED)-report ## write the pages that people look at, reports/index.html [OUT=reports] [DAYS="YYYY-MM-DD …"]
	@$(PACKAGE).report $(VARS) $(if $(OUT),--out "$$OUT") $(if $(DAYS),--days $$DAYS)

contacts: $(INSTALLED)-report ## write the call list with names and telephone numbers, for your eyes alone [OUT=contacts]
	@$(PACKAGE).report --contacts $(VARS) $(if $(OUT),--out "$$OUT")

# As at night. The tests that read the debug log ask for it.
test: export DBT_LOG_LEVEL_FILE ?= none
test: lint ## every check that needs no server: lint, builds, data tests, unit tests, scenarios
	$(VENV)/bin/pytest

test-report: $(INSTALLED)-report ## the checks that look at the pages with a browser (Debian: apt-get install chromium chromium-driver)
	$(VENV)/bin/pytest --numprocesses=0 integration_tests/report

test-services: $(INSTALLED)-services ## the checks that start servers of their own (Debian: apt-get install postgresql mariadb-server-core mariadb-client-core)
	$(VENV)/bin/pytest integration_tests/services

test-stream: $(INSTALLED)-services $(INSTALLED)-stream ## the checks that follow TRS by Kafka, Connect and Debezium (Debian: apt-get install maven default-jre-headless)
	$(VENV)/bin/pytest --numprocesses=0 integration_tests/stream

test-spark: $(INSTALLED)-spark ## the checks that DuckDB and Spark build the same marts (needs Java 17: apt-get install openjdk-17-jre-headless)
	$(VENV)/bin/pytest --numprocesses=0 integration_tests/spark

lint: $(INSTALLED) ## check the SQL, the Python, the layers of the models and that dbt finds nothing deprecated
	$(VENV)/bin/ruff check
	$(VENV)/bin/ruff format --check
	$(VENV)/bin/mypy
	$(VENV)/bin/python -m late_payments.deprecations
	$(VENV)/bin/python -m late_payments.layers
	$(VENV)/bin/sqlfluff lint .

format: $(INSTALLED) ## write the SQL and the Python in the project's style
	$(VENV)/bin/ruff check --fix
	$(VENV)/bin/ruff format
	$(VENV)/bin/sqlfluff fix .

# The catalogue in the docs describes a database, so one is built if there is none.
$(DATABASE):
	$(MAKE) build

docs: $(INSTALLED)-docs | $(DATABASE) ## write the docs site, target/static_index.html, and beside it the lineage of columns
	$(DBT) docs generate --static
	@# Its page would send the names of models to its makers.
	$(VENV)/bin/colibri generate --disable-telemetry --output-dir target/colibri

docs-serve: docs ## show the docs site on http://localhost:8080
	$(DBT) docs serve

evaluate: $(INSTALLED)-evaluate ## train and judge models of late payment [EXTRACTS=directory] [CUT_OFF=2021-02-01] [OUT=target]
	@$(PACKAGE).evaluate $(if $(EXTRACTS),--extracts="$$EXTRACTS") --cut-off=$(or $(CUT_OFF),2021-02-01) --out="$(or $(OUT),target)"

fitted: $(INSTALLED)-orbital | $(DATABASE) ## train two models of late payment and write them as SQL that scores open invoices [OUT=target/fitted]
	@$(VENV)/bin/python -m late_payments.fitted "$(DATABASE)" "$(or $(OUT),target/fitted)"

# dbt compiles the models, which leaves no trace in the database, and their SQL is run for each day beside it.
backtest: $(INSTALLED)-evaluate | $(DATABASE) ## judge the call list, risk and receipts week by week [OUT=target] [FROM=YYYY-MM-DD] [TO=YYYY-MM-DD] [EVERY=7] [LENGTH=20]
	@$(DBT) --quiet compile --select int_scored_days+,path:models/intermediate --target-path target/backtest $(VARS) >/dev/null
	@$(VENV)/bin/python -m late_payments.backtest "$(DATABASE)" target/backtest/manifest.json "$(or $(OUT),target)" \
		$(if $(FROM),--first "$(FROM)") $(if $(TO),--last "$(TO)") $(if $(EVERY),--every "$(EVERY)") $(if $(LENGTH),--length "$(LENGTH)")

bench: $(INSTALLED)-spark ## measure time and memory, against SQL by hand and PySpark (needs Java) [SCALE="1 100"]
	@$(VENV)/bin/python -m late_payments.bench $(or $(SCALE),1)

extracts: ## make invented extracts [SCALE=1] [OUT=seeds]
	$(PYTHON) -m late_payments.extracts --scale $(or $(SCALE),1) --out "$(or $(OUT),seeds)"

LOCK := uv pip compile --quiet --universal --python-version 3.10 --generate-hashes --no-strip-extras --no-emit-index-url \
	--custom-compile-command "make lock" pyproject.toml

lock: ## pin what pyproject.toml asks for in requirements*.txt (needs uv)
	$(LOCK) --output-file requirements.txt
	@# pip takes dbt-spark's own wish for Spark as unpinned where the lock names Spark with an extra.
	set -e; for group in docs evaluate metrics orbital report services "spark --strip-extras" stream; do \
		$(LOCK) --extra $$group --constraints requirements.txt --output-file requirements-$${group%% *}.txt; \
	done

clean: ## remove exports, pages, target and logs; databases stay, they hold the history
	rm -rf target logs dbt_packages reports contacts \
		$(foreach root,exports exports/prod,$(root)/builds $(root)/live $(root)/asof_* $(root)/*.parquet $(root)/manifest.json)
