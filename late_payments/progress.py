"""Runs dbt in this process and says how far it is: a line for each layer that is finished and, on a terminal, a bar.

A layer is a directory of models/ or of models/marts/, or the seeds, or the history; a test counts with what it tests.
All that is shown comes from dbt's events and from what it has read of the project. dbt runs as it does from its own
command line, and whatever goes wrong here ends the display, not the run.
"""

import contextlib
import os
import sys
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Column

if TYPE_CHECKING:
    from dbt.contracts.graph.manifest import Manifest


class Dbt:
    """dbt in this process, whose commands share one reading of the project.

    Of these one may build: dbt leaves ephemeral models marked as written out, and a second build would lack their SQL.

    options: what every command is given, such as ("--vars", "{raw: landed}"). How dbt reads the project depends on
    vars and target, so they belong here when there is more than one command.
    """

    def __init__(self, *options: str) -> None:
        self.options = options
        self.manifest: Manifest | None = None

    def run(self, *arguments: str) -> int:
        """Run one command, such as ("build", "--select", "staging"), and return dbt's exit status.

        0: all went well; 1: something failed in the run; 2: dbt could not run it, or was interrupted. As with --quiet,
        dbt says its errors and what the project's macros print.
        """
        command = ["--quiet", *arguments, *self.options]
        shared: dict[str, Any] = {"manifest": self.manifest, "dbt_runner_command_args": command}
        display = Display(shared)
        shared["callbacks"] = [display.hear]
        status: object = 2
        try:
            # Takes a second or two, so the display comes first.
            from dbt.cli.main import cli

            # Unlike dbtRunner it says what is wrong with arguments, and ends with the status that dbt itself has.
            cli.main(command, prog_name="dbt", obj=shared)
        except SystemExit as end:
            status = end.code
        finally:
            display.close()
        self.manifest = shared["manifest"]
        return status if isinstance(status, int) else 2


class Display:
    """What is shown of one command, from now until it is closed.

    shared: what dbt's command works with. Its manifest is None until dbt has read the project.
    """

    def __init__(self, shared: dict[str, Any]) -> None:
        self.shared = shared
        # The layer of each node by its unique_id.
        self.layers: dict[str, str] = {}
        # By layer: what is still to come, what has finished by kind and by misfortune, and how long that took.
        self.waiting: dict[str, set[str]] = {}
        self.tallies: dict[str, Counter[str]] = defaultdict(Counter)
        self.seconds: dict[str, float] = defaultdict(float)
        self.done = self.total = 0
        self.began = time.monotonic()
        self.open = True
        # dbt tells of an event in the thread in which it happens.
        self.lock = threading.Lock()
        self.bar: Progress | None = None
        with self.unbreakable():
            # Lines that dbt prints above the bar stay whole, to be copied.
            self.console = Console(soft_wrap=True, highlight=False)
            if is_watched(self.console):
                self.start_bar()

    def start_bar(self) -> None:
        self.bar = Progress(
            TextColumn("  {task.fields[steps]}"),
            BarColumn(bar_width=20),
            TimeElapsedColumn(),
            TextColumn("{task.description}", markup=False, table_column=Column(no_wrap=True, overflow="ellipsis")),
            console=self.console,
            transient=True,
            refresh_per_second=4,
            redirect_stderr=sys.stderr.isatty(),
        )
        self.bar.add_task("" if self.shared["manifest"] else "reading the project", total=None, steps="")
        self.bar.start()
        # Hidden, it would stay hidden after a run that is killed.
        self.console.show_cursor(True)

    def hear(self, event: Any) -> None:
        """Take in an event of dbt's, an EventMsg."""
        with self.lock:
            if self.open:
                with self.unbreakable():
                    self.take_in(event.info.name, event.data)

    def close(self) -> None:
        with self.lock:
            if self.open:
                with self.unbreakable():
                    if self.done < self.total:
                        self.say_all()
            self.end()

    @contextlib.contextmanager
    def unbreakable(self) -> Iterator[None]:
        try:
            yield
        except Exception as error:
            self.end()
            print(f"How far it is is no longer shown: {error!r}", file=sys.stderr)

    def end(self) -> None:
        self.open = False
        with contextlib.suppress(Exception):
            if self.bar:
                self.bar.stop()

    def take_in(self, name: str, data: Any) -> None:
        if name == "FoundStats":
            self.show("")
        elif name == "NodeStart":
            self.show(data.node_info.node_name)
        elif name == "ConcurrencyLine":
            self.total = data.node_count
            self.layers = layers_of(self.shared["manifest"])
        elif name == "NodeFinished" and data.node_info.materialized != "ephemeral":
            self.count(data.node_info, data.run_result)

    def count(self, node: Any, result: Any) -> None:
        if not self.waiting:
            for unique_id, layer in self.layers.items():
                self.waiting.setdefault(layer, set()).add(unique_id)
        # Not among those that dbt announced: they are part of their model's step.
        self.done += node.resource_type != "unit_test"
        # Exposures are in none.
        if node.unique_id in self.layers:
            layer = self.layers[node.unique_id]
            tally = self.tallies[layer]
            tally[node.resource_type] += 1
            tally[result.status] += 1
            self.seconds[layer] += result.execution_time
            self.waiting[layer].discard(node.unique_id)
            if not self.waiting[layer]:
                self.say_layer(layer)
        if self.done == self.total and node.resource_type != "unit_test":
            self.say_all()
        self.show("")

    def show(self, step: str) -> None:
        if self.bar:
            steps = f"{self.done} of {self.total}" if self.total else ""
            self.bar.update(TaskID(0), description=step, completed=self.done, total=self.total or None, steps=steps)

    def say_layer(self, layer: str) -> None:
        tally = self.tallies.pop(layer)
        kinds = ("seed", "model", "snapshot", "test", "unit_test")
        parts = [counted(tally[kind], kind.replace("_", " ")) for kind in kinds if tally[kind]]
        misfortunes = {"failed": tally["fail"] + tally["error"], "skipped": tally["skipped"]}
        parts += [f"{number} {word}" for word, number in misfortunes.items() if number]
        self.say(layer, *parts, f"{self.seconds[layer]:.1f} s")

    def say_all(self) -> None:
        # What a selection left out of them never came.
        for layer in list(self.tallies):
            self.say_layer(layer)
        self.say("all", f"{self.done} of {self.total} steps", f"{time.monotonic() - self.began:.1f} s")

    def say(self, subject: str, *parts: str) -> None:
        self.console.print(f"  {subject:<14} {', '.join(parts)}", markup=False)


def is_watched(console: Console) -> bool:
    """Whether somebody looks at a terminal that can draw the bar."""
    return (
        sys.stdout.isatty()
        and console.is_interactive
        and console.encoding.startswith("utf")
        and not os.environ.get("CI")
    )


def layers_of(manifest: "Manifest") -> dict[str, str]:
    """The layer of each node that dbt can run, by its unique_id."""
    layers, of_tests = {}, {}
    for unique_id, node in manifest.nodes.items():
        kind = str(node.resource_type)
        if kind in ("seed", "snapshot"):
            layers[unique_id] = {"seed": "seeds", "snapshot": "history"}[kind]
        elif kind == "model" and node.config.materialized != "ephemeral":
            layers[unique_id] = directory(node.fqn)
    for unique_id, node in manifest.nodes.items():
        if str(node.resource_type) == "test":
            tested = getattr(node, "attached_node", None) or ""
            of_tests[unique_id] = layers.get(tested) or directory(node.fqn)
    return layers | of_tests | {unique_id: directory(node.fqn) for unique_id, node in manifest.unit_tests.items()}


def directory(fqn: list[str]) -> str:
    """Under models/ or tests/, the one that a node's file is in: staging, or features in marts."""
    directories = fqn[1:-1] or ["others"]
    return directories[:2][-1] if directories[0] == "marts" else directories[0]


def counted(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"
