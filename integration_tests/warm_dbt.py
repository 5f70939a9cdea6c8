"""Commands that start at once: one process imports dbt, which takes seconds, and forks for every command.

    python warm_dbt.py serve LISTENER DIRECTORY    is that process, until its standard input ends
    python -IS warm_dbt.py dbt ARGUMENTS…          is `dbt ARGUMENTS…`, run by it
    python -IS warm_dbt.py MODULE ARGUMENTS…       is `python -m MODULE ARGUMENTS…`, run by it

It runs in a project, listens at a socket that it inherits as the file LISTENER and that the variable WARM_DBT names to
those who ask, and writes to DIRECTORY what it tries dbt with.

A command has a process of its own, with the arguments, directory, environment, input and outputs of whoever gave it. It
is not a child of theirs: what is to be killed in the middle must be the real dbt.
"""

import contextlib
import gc
import importlib
import json
import os
import runpy
import select
import socket
import subprocess
import sys
import traceback


def ask(arguments: list[str]) -> int:
    """The exit status of a command that the serving process runs."""
    with socket.socket(socket.AF_UNIX) as server:
        server.connect(os.environ["WARM_DBT"])
        socket.send_fds(server, [b"."], [0, 1, 2])
        command = {"arguments": arguments, "directory": os.getcwd(), "environment": dict(os.environ)}
        server.sendall(json.dumps(command).encode())
        server.shutdown(socket.SHUT_WR)
        # Nothing, which is no number, if dbt died.
        return int(server.recv(10))


def answer(connection: socket.socket) -> None:
    """Be the command that was asked for."""
    # A search for garbage writes to all the memory that is shared with the serving process, which copies it.
    gc.disable()
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager
    from dbt.cli.main import cli

    _, files, _, _ = socket.recv_fds(connection, 1, 3)
    for number, file in enumerate(files):
        os.dup2(file, number)
        os.close(file)
    with connection.makefile("rb") as command:
        asked = json.load(command)
    os.chdir(asked["directory"])
    os.environ.clear()
    os.environ.update(asked["environment"])
    # The package is that of the project at hand.
    sys.path.insert(0, asked["directory"])
    for name in [name for name in sys.modules if name.partition(".")[0] == "late_payments"]:
        del sys.modules[name]
    sys.argv = asked["arguments"]
    status = 0
    try:
        if sys.argv[0] == "dbt":
            cli()
        else:
            runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
    except SystemExit as end:
        # Where it is a text, Python prints it and ends with 1.
        status = end.code if isinstance(end.code, int) else int(end.code is not None)
        if isinstance(end.code, str):
            print(end.code, file=sys.stderr)
    # As the end of a process does, so that nothing is left in the write-ahead log.
    DuckDBConnectionManager.close_all_connections()
    sys.stdout.flush()
    sys.stderr.flush()
    connection.sendall(str(status).encode())


def serve(listener: socket.socket, directory: str) -> None:
    # Of dbt, what it imports only when it needs it.
    for module in ("dbt.adapters.duckdb.environments.local", "dbt.task.build", "dbt.task.run_operation"):
        importlib.import_module(module)
    from dbt.cli.main import dbtRunner

    # dbt makes code for itself when it first reads and writes what was parsed: let that be before it forks. Parsing is
    # left to another process, because it starts threads, for which dbt would wait in vain after a fork.
    parse = ["--quiet", "parse", "--target-path", directory, "--log-path", directory]
    if subprocess.run([sys.executable, "-m", "dbt.cli.main", *parse]).returncode == 0:
        threads = len(os.listdir("/proc/self/task"))
        dbtRunner().invoke(parse)
        assert len(os.listdir("/proc/self/task")) == threads, "dbt has parsed anew, so it cannot be forked"
    while sys.stdin not in select.select([listener, sys.stdin], [], [])[0]:
        connection, _ = listener.accept()
        with contextlib.suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG) != (0, 0):
                pass
        with connection:
            if os.fork() == 0:
                listener.close()
                try:
                    answer(connection)
                except Exception:
                    traceback.print_exc()
                finally:
                    # What the serving process would clean up is not the child's.
                    os._exit(0)


if __name__ == "__main__":
    if sys.argv[1] == "serve":
        serve(socket.socket(fileno=int(sys.argv[2])), sys.argv[3])
    else:
        sys.exit(ask(sys.argv[1:]))
