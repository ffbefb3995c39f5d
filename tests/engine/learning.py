"""Customers whom logs know, and what they bought before the run."""


def customer(name):
    return name.lower() if "@" in name else name


def keys_of(line):
    """Who a line is about, by all that it says."""
    said = {(name, line.get(name)) for name in ("userId", "email", "anonymousId")}
    return {(name, customer(text)) for name, text in said if text}


def groups(lines, leads):
    """Lines that share the value of a key, and so on, are about the same; as far as logs mention them, leads have keys too."""
    found = [(keys_of(line), [line]) for line in lines]
    for lead in leads:
        keys = {("userId", lead.of["id"]), ("email", customer(lead.fields["email"] or ""))}
        found.append((keys & {key for keys, _ in found for key in keys}, []))
    merged = []
    for keys, own in found:
        own = list(own)
        for other in [other for other in merged if other[0] & keys]:
            merged.remove(other)
            keys, own = keys | other[0], own + other[1]
        merged.append((keys, own))
    return merged


def customers(lines, leads, catalog, start):
    """The names of each customer who bought something, with the items."""
    out = []
    for keys, own in groups(lines, leads):
        known = [lead for lead in leads if ("userId", lead.of["id"]) in keys or ("email", customer(lead.fields["email"] or "")) in keys]
        names = {text for name, text in keys if name != "anonymousId"}
        for lead in known:
            names |= {customer(each) for each in (lead.of["id"], lead.fields["email"]) if each}
        is_purchase = lambda line: line["at"] < start and line["event"] == catalog.purchases["event"]
        items = {line["item"] for line in own if is_purchase(line)} & set(catalog.keys)
        if names and items:
            out.append((names, items))
    return out


def teach(plan, lines, leads, start):
    for catalog in plan.catalogs.values():
        orders = dict(catalog.orders) if catalog.recommend["from_orders"] else {}
        baskets = []
        if catalog.recommend["from_events"]:
            for names, items in customers(lines, leads, catalog, start):
                baskets.append(items.union(*(orders.pop(name, set()) for name in names)))
        catalog.learn([*baskets, *orders.values()])


def learnt(plan):
    """What goes together, and the places of what sells best."""
    out = {}
    for name, catalog in plan.catalogs.items():
        out[f"learnt {name} customers"] = catalog.customers
        for one, others in catalog.together.items():
            out.update({f"learnt {name} {one} {other}": score for other, score in others.items()})
        out.update({f"learnt {name} best {key}": place for place, key in enumerate(catalog.best_known(), 1)})
    return out
