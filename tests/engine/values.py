"""What KPIs come to, from the sums over leads and from what sources cost."""

import math

from measures import RATES, micros


def values(plan, sums):
    """In millionths; those of nothing are told apart from 0."""
    out = {}
    for name, source in plan.sources.items():
        out[f"source {name} cost"] = cost_of(source, name, sums)
    for name, kpi in plan.kpis.items():
        for part in parts(plan, kpi["by"]):
            if part == "no persona" and not is_there(name, kpi, sums):
                continue
            value = value_of(plan, name, kpi, part, sums)
            label = f"value {name} {part or 'whole'}"
            out[label if value is not None else label + " none"] = 1 if value is None else math.floor(value * 1e6 + 0.5)
    return out


def parts(plan, by):
    names = {None: [], "persona": [each["name"] for each in plan.personas] + ["no persona"]}
    return [None, *{**names, "segment": list(plan.segments), "journey": list(plan.journeys)}[by]]


def is_there(name, kpi, sums):
    """Whether anybody has no persona, or was sent something without one."""
    some = ("x", "y") if kpi["measure"]["of"] == "mails" else ("leads",)
    return any(sums[f"kpi {name} no persona {what}"] for what in some)


def cost_of(source, name, sums):
    """By the touch, by the new lead, and once."""
    cost = {each: micros(of) for each, of in source.get("cost", {}).items()}
    of = lambda what: sums[f"source {name} {what}"]
    return cost.get("per_click", 0) * of("touches") + cost.get("per_lead", 0) * of("new leads") + cost.get("fixed", 0)


def of_sources(plan, which, sums):
    meant = [each["name"] for each in which if each["kind"] == "sources"]
    named = [name for name in plan.sources if None in meant or name in meant]
    return sum(cost_of(plan.sources[name], name, sums) for name in named) / 1e6


def value_of(plan, name, kpi, part, sums):
    of, total = kpi["measure"], lambda part, what: sums[f"kpi {name} {part or 'whole'} {what}"]
    x, y = total(part, "x"), total(part, "y")
    kind, journey = of["of"], (of.get("value") or of).get("journey") if "value" in of or "cost" in of else None
    fixed = of_sources(plan, of.get("cost", []), sums)
    if journey or part and kpi["by"] == "journey":
        fixed = 0
    elif part:
        fixed *= total(part, "leads") / max(total(None, "leads"), 1)
    if kind == "leads" or kind == "mails" and of["metric"] not in (*RATES, "mails_per_lead"):
        return x
    if kind in ("cost", "value") and not of["per"]:
        return x / 1e6 + fixed
    if kind == "return":
        paid = y / 1e6 + fixed
        return x / 1e6 / paid - of["profit"] if paid else None
    units = 1e6 if kind in ("cost", "value") else 1
    return (x / units + fixed) / y if y else None
