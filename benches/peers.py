#!/usr/bin/env python3
"""The reference campaign by tabiji and by its peers, in one run: a table of leads per second and of ratios.

usage: python3 benches/peers.py --tabiji target/release/tabiji [--rounds 5] [--leads 200000]
           [--limit "PROGRAM 1000000"] [--naive "PROGRAM 100000"] [--simpy "python3 FILE 5000"] [--peer NAME="COMMAND"]

A peer is a command that prints how many leads it ran in a second ("123,456 leads/s"), by a clock of its own; the last number
in it is how many leads it runs. Peers that are not given are left out. tabiji is measured from file to report, and by the
difference of two runs, so that what a run costs before its first lead counts once only in the first of the two figures.

Machines are noisy: everything runs in turn, round by round, and the ratios are medians of the ratios within a round.
"""
import argparse
import os
import re
import shlex
import statistics
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
CAMPAIGN = os.path.join(HERE, "reference")


def timed(command):
    """Seconds on the wall, what was printed, and the most memory in MiB."""
    began = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    out = process.stdout.read().decode()
    _, status, used = os.wait4(process.pid, 0)
    if status:
        sys.exit(f"{shlex.join(command)}\n{out[-2000:]}")
    return time.perf_counter() - began, out, used.ru_maxrss / 1024


def leads_file(path, count):
    """Leads by the rules of the specification; the same as `benches/reference/leads.rs` makes."""
    mask = (1 << 64) - 1

    def mix(x):
        x = (x + 0x9E3779B97F4A7C15) & mask
        x = ((x ^ (x >> 30)) * 0xBF58476D1CE4E5B9) & mask
        x = ((x ^ (x >> 27)) * 0x94D049BB133111EB) & mask
        return x ^ (x >> 31)

    def taken(values, unit):
        end = 0.0
        for name, part in values:
            end += part
            if unit < end:
                return name
        return values[-1][0]

    personas = [("explorer", .4), ("evaluator", .3), ("buyer", .2), ("champion", .1)]
    industries = [("saas", .25), ("retail", .20), ("finance", .15), ("health", .15), ("manufacturing", .15), ("education", .10)]
    countries = [("US", .35), ("DE", .20), ("FR", .10), ("GB", .12), ("NL", .08), ("SE", .05), ("PL", .05), ("JP", .05)]
    base = mix(1)
    with open(path, "w") as out:
        out.write("id,email,persona,industry,company_size,country,created_at,base_score,opted_in\n")
        for i in range(count):
            u = [(mix((base + 16 * i + f) & mask) >> 11) / 2 ** 53 for f in range(9)]
            created = 1_775_433_600 + max(1, int((int(u[4] * 30) + u[8]) * 86_400))
            out.write(f"{i},lead{i}@d{int(u[7] * 1000)}.example,{taken(personas, u[0])},{taken(industries, u[1])},"
                      f"{int(10 ** (4 * u[2]))},{taken(countries, u[3])},{created},{int(u[5] * 20)},{str(u[6] < .92).lower()}\n")


def simulate(program, path, threads):
    return timed([program, "simulate", CAMPAIGN, "--leads", path, "--threads", str(threads), "--format", "json"])


def main():
    given = argparse.ArgumentParser()
    given.add_argument("--tabiji", default=os.environ.get("TABIJI", "target/release/tabiji"))
    for peer in ("limit", "naive", "simpy"):
        given.add_argument(f"--{peer}", default=os.environ.get(peer.upper()))
    given.add_argument("--peer", action="append", default=[], help='NAME="COMMAND"')
    given.add_argument("--rounds", type=int, default=5)
    given.add_argument("--leads", type=int, default=200_000)
    o = given.parse_args()
    peers = [(name, getattr(o, name)) for name in ("limit", "naive", "simpy") if getattr(o, name)]
    peers += [tuple(each.split("=", 1)) for each in o.peer]
    rates, memory = {}, {}

    def note(name, rate, mib):
        rates.setdefault(name, []).append(rate)
        memory[name] = max(mib, memory.get(name, 0))

    with tempfile.TemporaryDirectory() as folder:
        few, many = os.path.join(folder, "few.csv"), os.path.join(folder, "many.csv")
        leads_file(few, o.leads // 10)
        leads_file(many, o.leads)
        for _ in range(o.rounds):
            for threads in (1, 2):
                short, _, _ = simulate(o.tabiji, few, threads)
                long, _, mib = simulate(o.tabiji, many, threads)
                note(f"tabiji, file to report, {threads} threads", o.leads / long, mib)
                note(f"tabiji, by the difference, {threads} threads", (o.leads - o.leads // 10) / max(long - short, 1e-9), mib)
            for name, command in peers:
                words = shlex.split(command)
                secs, out, mib = timed(words)
                own = re.search(r"([\d,.]+) leads/s", out)
                note(name, float(own[1].replace(",", "")) if own else float(words[-1]) / secs, mib)
    base = rates["tabiji, by the difference, 1 threads"]
    print("| | leads/s, median | tabiji on one core is so many times as fast | peak MiB |\n|---|---|---|---|")
    for name, found in rates.items():
        ratio = statistics.median(mine / theirs for mine, theirs in zip(base, found))
        print(f"| {name} | {statistics.median(found):,.0f} | {ratio:.3g} | {memory[name]:.0f} |")


if __name__ == "__main__":
    main()
