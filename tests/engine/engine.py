"""A second engine for compiled plans, written from the words of docs/semantics.md and docs/kinds alone: what tabiji's
simulator says has to agree with it.

Reads a line of JSON for each campaign, `{"plan": …, "leads": […], "days": …}`, and writes one: of each lead, what
came of it, fact by fact; and of all, what is measured."""

import json
import sys
from collections import Counter
from random import Random

import chance
import clock
import learning
import pool
from lead import Lead, Plan
from values import values


def numbers(plan, lead, case):
    """By keys, or one's own."""
    if case.get("free"):
        return chance.Free(Random(f"{plan.settings['project']} {lead['id']}"))
    return chance.Keyed(plan.settings["simulation"].get("seed", 1), lead["id"])


def run(case):
    plan = Plan(case["plan"]["campaign"])
    first = clock.date.fromisoformat(plan.settings["simulation"]["start"])
    start = clock.midnight(first, plan.zone)
    leads, measured = [], Counter()
    for of in case["leads"]:
        leads.append(Lead(plan, of, start, start + case["days"] * clock.DAY, numbers(plan, of, case)))
    learning.teach(plan, case.get("lines", []), leads, start)
    if case.get("together"):
        pool.run(sorted(leads, key=lambda lead: lead.of["id"].encode()))
    else:
        for lead in leads:
            lead.run()
    for lead in leads:
        measured.update(lead.sums)
    measured.update({**values(plan, measured), **learning.learnt(plan)})
    return {"facts": [lead.facts for lead in leads], "measured": measured}


def main():
    sys.setrecursionlimit(10_000)
    for line in iter(sys.stdin.readline, ""):
        print(json.dumps(run(json.loads(line)), ensure_ascii=False), flush=True)


if __name__ == "__main__":
    main()
