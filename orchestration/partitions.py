"""A client is a partition."""

from __future__ import annotations

import dagster as dg

from duebook.workspace import Workspace

# Dynamic, so that a folder added under clients/ becomes a partition without a code change or a reload.
clients = dg.DynamicPartitionsDefinition(name="client")


def register_clients(instance: dg.DagsterInstance, workspace: Workspace) -> list[str]:
    """Make every configured client a partition; gives those that are new."""
    new = sorted(set(workspace.client_ids()) - set(instance.get_dynamic_partitions("client")))
    if new:
        instance.add_dynamic_partitions("client", new)
    return new
