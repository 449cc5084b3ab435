"""An empty warehouse with every table dbt reads, typed as it is landed, and the dbt project built on it once."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.cli.main import dbtRunner
from dbt.contracts.graph.manifest import Manifest

from connectors.registry import connectors_of
from duebook.clients import load_client
from duebook.workspace import Workspace
from orchestration.dbt_runs import PROJECT, all_erps, build
from orchestration.warehouse import dbt_variables, prepare_warehouse
