"""A second engine for compiled plans, written from the words of docs/semantics.md and docs/kinds alone: what tabiji's
simulator says has to agree with it.

Reads a line of JSON for each campaign, `{"plan": …, "leads": […], "days": …}`, and writes one: of each lead, what
came of it, fact by fact; and of all, what is measured."""

import json
import sys
from collections import Counter
from random import Random

import clock
import pool
from lead import Lead, Plan


def run(case):
    plan = Plan(case["plan"]["campaign"])
    first = clock.date.fromisoformat(plan.settings["simulation"]["start"])
    start = clock.midnight(first, plan.zone)
    leads, measured = [], Counter()
    for of in case["leads"]:
        random = Random(f"{plan.settings['project']} {of['id']}")
        leads.append(Lead(plan, of, start, start + case["days"] * clock.DAY, random))
    if case.get("together"):
        pool.run(sorted(leads, key=lambda lead: lead.of["id"].encode()))
    else:
        for lead in leads:
            lead.run()
    for lead in leads:
        measured.update(lead.sums)
    return {"facts": [lead.facts for lead in leads], "measured": measured}


def main():
    sys.setrecursionlimit(10_000)
    for line in sys.stdin:
        print(json.dumps(run(json.loads(line)), ensure_ascii=False), flush=True)


if __name__ == "__main__":
    main()
