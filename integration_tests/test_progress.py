"""What is said while dbt runs: on a terminal, in a log, when a build fails and when it is stopped."""

import fcntl
import os
import pty
import re
import signal
import struct
import subprocess
import termios
import time
from collections.abc import Callable

import pytest
from conftest import BIN, WITHOUT_UNIT_TESTS, Project

LAYERS = ["seeds", "staging", "intermediate", "history", "features", "finance", "marts", "branch"]
SHORT = ("build", "--select", "base_trs__skus")
ALWAYS_FAILS = "tests/marts/assert_last_cum_tot_inv_acct_counts_all_invoices.sql"
MART = "models/marts/features/invoice_features.sql"
SLOW = "select * from features where (select sum(i) from range(1000000000000) as r (i)) > 0"


def shown(*arguments: str) -> tuple[str, ...]:
    return (str(BIN / "python"), "-m", "late_payments", *arguments)


class Terminal:
    """A command on a terminal of its own, and all that it wrote there."""

    def __init__(self, project: Project, *command: str, columns: int = 100, **env: str) -> None:
        self.leader, follower = pty.openpty()
        fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
        settings = {**os.environ, **WITHOUT_UNIT_TESTS, "TERM": "xterm", "NO_COLOR": "1", "CI": "", **env}
        self.process = subprocess.Popen(
            command,
            cwd=project.path,
            env=settings,
            stdin=follower,
            stdout=follower,
            stderr=follower,
            start_new_session=True,
        )
        os.close(follower)
        self.written = ""

    def read(self, until: Callable[[str], object] = lambda written: False) -> str:
        """Everything written up to the end of the command, or until enough is."""
        content = self.written.encode()
        while not until(self.written):
            try:
                content += os.read(self.leader, 65_536)
            except OSError:  # Nobody writes any more.
                self.process.wait()
                break
            self.written = content.decode(errors="ignore")
        return self.written

    def screen(self) -> list[str]:
        """The lines that stay on the screen."""
        lines, row = [""], 0
        for part in re.findall(r"\x1b\[[0-9;?]*[A-Za-z]|[\r\n]|[^\x1b\r\n]+", self.written):
            if part == "\n":
                row += 1
                lines += [""] * (row == len(lines))
            elif part == "\x1b[2K":
                lines[row] = ""
            elif part == "\x1b[1A":
                row -= 1
            elif part != "\r" and not part.startswith("\x1b"):
                lines[row] = part
        return lines


def test_a_terminal_shows_the_step_and_keeps_the_layers(rebuildable: Project) -> None:
    terminal = Terminal(rebuildable, *shown("build"))
    written = terminal.read()
    assert terminal.process.returncode == 0
    screen = [line for line in terminal.screen() if line]
    total = re.fullmatch(r"  all +(\d+) of \1 steps, [\d.]+ s", screen[len(LAYERS)])[1]
    assert re.search(rf" of {total} .*0:00:\d\d ", written)
    assert any(0 < int(step) < int(total) for step in re.findall(rf" (\d+) of {total} ", written))
    # The bar is drawn four times a second, so nothing is said about any one step.
    assert "reading the project" in written and re.search(r"0:00:\d\d (base|stg|int|fct|dim)_\w+", written)
    assert sorted(line.split()[0] for line in screen[: len(LAYERS)]) == sorted(LAYERS)
    assert screen[len(LAYERS) + 1] == "  source         seeds"
    assert screen[-1].endswith("exports/training_set.parquet")


@pytest.mark.parametrize("columns", [1, 20, 0])
def test_a_narrow_terminal(rebuildable: Project, columns: int) -> None:
    terminal = Terminal(rebuildable, *shown(*SHORT), columns=columns)
    terminal.read()
    assert terminal.process.returncode == 0
    assert re.fullmatch(r"  all +(\d+) of \1 steps, [\d.]+ s", [line for line in terminal.screen() if line][-1])


@pytest.mark.parametrize("env", [{"TERM": "dumb"}, {"CI": "true"}, {"PYTHONIOENCODING": "ascii"}], ids=str)
def test_where_no_bar_can_be_drawn_there_are_lines(rebuildable: Project, env: dict[str, str]) -> None:
    terminal = Terminal(rebuildable, *shown(*SHORT), **env)
    written = terminal.read()
    assert terminal.process.returncode == 0
    assert re.search(r"  all +(\d+) of \1 steps", written)
    assert "\x1b" not in written and "reading" not in written


def test_a_log_has_a_line_for_each_layer(built: Project) -> None:
    lines = built.build_output.splitlines()
    for layer in LAYERS:
        (line,) = (line for line in lines if line.startswith(f"  {layer} "))
        assert re.fullmatch(r"  \w+ +(\d+ [a-z ]+, )+[\d.]+ s", line)
    assert re.search(r"^  all +(\d+) of \1 steps, [\d.]+ s\n\n  source ", built.build_output, re.M)
    assert "\x1b" not in built.build_output and "reading" not in built.build_output


def test_a_failed_build_ends_as_it_does_in_dbt(rebuildable: Project) -> None:
    rebuildable.replace(ALWAYS_FAILS, "having max(cum_tot_inv_acct) <> count(*)", "having true")
    status, output = rebuildable.end(*shown("build"))
    assert rebuildable.end(BIN / "dbt", "--quiet", "build")[0] == status == 1
    before, failures = re.split(r"^  all .*\n", output, flags=re.M)
    assert re.search(r"^  marts .* 1 failed", before, re.M)
    assert "FAILED assert_last_cum_tot_inv_acct_counts_all_invoices, 198 rows" in failures
    assert re.search(r"1 failed, \d+ skipped because of it. What was exported stays", failures)


def test_wrong_words_are_refused_as_dbt_does(built: Project) -> None:
    status, output = built.end(*shown("build", "--no-such-option"))
    assert (status, output) == built.end(BIN / "dbt", "build", "--no-such-option")
    assert status == 2 and "No such option" in output


def test_what_goes_wrong_with_the_display_is_not_the_run_s(rebuildable: Project) -> None:
    rebuildable.replace("late_payments/progress.py", "self.done += ", "self.done = None + ")
    output = rebuildable.run(*shown(*SHORT))
    assert output.count("no longer shown: TypeError") == 1


def test_stopped_on_a_terminal(rebuildable: Project) -> None:
    before = rebuildable.query("select * from features.invoice_features order by inv_id"), rebuildable.exported()
    rebuildable.replace(MART, "select * from features", SLOW)
    terminal = Terminal(rebuildable, *shown("build"))
    try:
        terminal.read(until=lambda written: re.search(r"\binvoice_features\r", written))
        time.sleep(1)
        terminal.process.terminate()
        terminal.read()
        assert terminal.process.returncode == -signal.SIGTERM
    finally:
        terminal.process.kill()
    assert terminal.written.rfind("\x1b[?25h") > terminal.written.rfind("\x1b[?25l"), "the cursor is hidden"
    assert before == (
        rebuildable.query("select * from features.invoice_features order by inv_id"),
        rebuildable.exported(),
    )


def test_commands_of_one_process_read_the_project_once(rebuildable: Project) -> None:
    script = (
        "from pathlib import Path; from late_payments.progress import Dbt; dbt = Dbt();"
        f" statuses = [dbt.run(*{SHORT})]; Path('models/staging/trs/base/base_trs__skus.sql').unlink();"
        f" statuses += [dbt.run(*{SHORT})]; print(statuses)"
    )
    output = rebuildable.run(BIN / "python", "-c", script)
    assert output.rstrip().endswith("[0, 0]")
    assert len(re.findall("^  staging ", output, re.M)) == 2
