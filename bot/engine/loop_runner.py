"""Runs a trained graph's nodes one after the other, without dask.

Reason: Rasa's runner builds a dask graph for every message and lets dask find an order for it,
which takes longer than most of our components (docs/adr/0005-engine.md). The order of a trained
graph never changes: it is found once for each set of targets.
"""

from __future__ import annotations

from typing import Any

from rasa.engine.exceptions import GraphRunError
from rasa.engine.graph import GraphSchema
from rasa.engine.runner.dask import DaskGraphRunner


class LoopGraphRunner(DaskGraphRunner):
    """Rasa's runner with another `run`; nodes and results are the same."""

    def __init__(self, runner: DaskGraphRunner) -> None:
        """Takes the nodes of a runner over: they are loaded once."""
        self._graph_schema: GraphSchema = runner._graph_schema
        self._instantiated_nodes = runner._instantiated_nodes
        self._execution_context = runner._execution_context
        self._orders: dict[tuple[str, ...], list[tuple[str, tuple[str, ...]]]] = {}

    def run(
        self, inputs: dict[str, Any] | None = None, targets: list[str] | None = None
    ) -> dict[str, Any]:
        """Runs the graph (see parent class for full docstring)."""
        wanted = tuple(targets or self._graph_schema.target_names)
        order = self._orders.get(wanted)
        if order is None:
            order = self._orders[wanted] = self._order(wanted)
        results: dict[str, tuple[str, Any]] = {}
        for name, value in (inputs or {}).items():
            if name in self._instantiated_nodes:
                raise GraphRunError(f"Input '{name}' has the name of a node.")
            results[name] = (name, value)
        for name, needs in order:
            given = (results.get(need, need) for need in needs)
            results[name] = self._instantiated_nodes[name](*given)
        return {name: results[name][1] for name in wanted}

    def _order(self, targets: tuple[str, ...]) -> list[tuple[str, tuple[str, ...]]]:
        """The nodes that the targets need, each behind those that it needs itself."""
        nodes = self._graph_schema.minimal_graph_schema(list(targets)).nodes
        order: dict[str, tuple[str, ...]] = {}

        def place(name: str) -> None:
            if name in nodes and name not in order:
                needs = tuple(nodes[name].needs.values())
                for need in needs:
                    place(need)
                order[name] = needs

        for name in nodes:
            place(name)
        return list(order.items())
