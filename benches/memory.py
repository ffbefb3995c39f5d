"""Peak memory and speed of `tabiji simulate` over many leads, from CSV and Parquet, by number of threads.

    cargo build --release
    python3 benches/memory.py target/release/tabiji 10000000

Leads are made up from the personas of tests/fixtures/formats and written once, into a folder for temporary files; ten
million take about one gigabyte as CSV and 0.4 as Parquet."""

import os
import subprocess
import sys
import tempfile
import time

LIMIT_MIB = 300
program, count = os.path.abspath(sys.argv[1]), sys.argv[2]
project = os.path.join(os.path.dirname(__file__), "..", "tests", "fixtures", "formats")


def run(*arguments):
    """Seconds and peak memory in MiB."""
    begun = time.monotonic()
    child = subprocess.Popen([program, *arguments], stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(child.pid, 0)
    assert status == 0, arguments
    return time.monotonic() - begun, used.ru_maxrss / 1024


most = 0
with tempfile.TemporaryDirectory() as folder:
    for ending in ["csv", "parquet"]:
        leads = os.path.join(folder, f"leads.{ending}")
        seconds, peak = run("leads", "generate", count, "--project", project, "--output", leads)
        print(f"{ending:8} written: {seconds:6.1f} s, {peak:4.0f} MiB, {os.path.getsize(leads) / 2**20:.0f} MiB of leads", flush=True)
        for threads in ["1", "2", "8"]:
            seconds, peak = run("simulate", project, "--leads", leads, "--threads", threads)
            most = max(most, peak)
            print(f"{ending:8} {threads} threads: {seconds:6.1f} s, {peak:4.0f} MiB", flush=True)
        tables = [f"--write={kind}={os.path.join(folder, kind)}.parquet" for kind in ["sends", "events", "leads"]]
        seconds, peak = run("simulate", project, "--leads", leads, *tables)
        most = max(most, peak)
        print(f"{ending:8} with tables: {seconds:6.1f} s, {peak:4.0f} MiB", flush=True)
        os.remove(leads)
print("within the limit" if most <= LIMIT_MIB else f"over the limit of {LIMIT_MIB} MiB")
sys.exit(most > LIMIT_MIB)
