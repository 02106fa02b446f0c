"""Times a command: by the clock, on the processors, and its most memory. Medians, and tables for people."""

import dataclasses
import os
import pathlib
import platform
import resource
import statistics
import subprocess
import time


@dataclasses.dataclass
class Cost:
    wall: float
    cpu: float
    peak_mib: float


class TooLong(Exception):
    """It was cut off."""


def run(command, log, ok=(0,), longest=None, **more):
    """Runs it to its end, or for `longest` seconds. `log` takes what it says; an end with another status than `ok` ends the measurement."""
    if longest:
        command = ["timeout", "--kill-after=5", longest, *command]
    with open(log, "wb") as output:
        os.sync()
        began = time.perf_counter()
        process = subprocess.Popen([str(word) for word in command], stdin=subprocess.DEVNULL, stdout=output,
                                   stderr=output, **more)
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    if longest and process.returncode in (124, 137, -9):
        raise TooLong(f"> {longest}")
    if process.returncode not in ok:
        said = pathlib.Path(log).read_text(errors="replace")[-2000:]
        raise SystemExit(f"{command}: status {process.returncode}: {said}")
    return Cost(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def own_peak_mib():
    """A process that is started begins with the most memory of who started it (Linux, `setmax_mm_hiwater_rss` at exec)."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def median(costs):
    return Cost(*(statistics.median(getattr(cost, field.name) for cost in costs) for field in dataclasses.fields(Cost)))


def table(head, rows):
    """As Markdown."""
    lines = [head, ["---"] + ["---:"] * (len(head) - 1), *rows]
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines) + "\n"


def machine():
    """What it was measured on."""
    def first(path, key):
        try:
            lines = pathlib.Path(path).read_text().splitlines()
            return next(line.split(":", 1)[1].strip() for line in lines if line.startswith(key))
        except (OSError, StopIteration):
            return "unknown"

    def said(*command):
        try:
            return subprocess.run(command, capture_output=True, text=True).stdout.strip().splitlines()[0]
        except (OSError, IndexError):
            return "unknown"

    memory = int(first("/proc/meminfo", "MemTotal").split()[0]) // 1024 // 1024 if os.path.exists("/proc/meminfo") else "?"
    commit = said("git", "-C", str(pathlib.Path(__file__).parent), "rev-parse", "--short", "HEAD")
    return (f"{first('/proc/cpuinfo', 'model name')}, {len(os.sched_getaffinity(0))} processors, {memory} GiB; "
            f"Linux {platform.release()}; {said('rustc', '--version')}; commit {commit}")


def section(path, name, text):
    """Writes one section of a page of results and leaves the others."""
    page = path.read_text() if path.exists() else "# Measured\n"
    parts = page.split("\n## ")
    kept = [part for part in parts[1:] if not part.startswith(name + "\n")]
    path.write_text("\n## ".join([parts[0].rstrip("\n") + "\n", *(part.rstrip("\n") + "\n" for part in kept), f"{name}\n\n{text}"]))
