"""Purchases: what a lead bought, and what is recommended to it."""

import math
from collections import Counter

from chance import key
from conditions import value
from measures import micros

KEPT = 50


class Catalog:
    def __init__(self, of):
        self.__dict__.update({"purchases": None, "orders": {}, **of})
        self.keys = [item["key"] for item in self.items]
        self.values = {item["key"]: item["values"] for item in self.items}
        self.orders = {who: {self.keys[number] for number in items} for who, items in self.orders.items()}

    def learn(self, baskets):
        """Which items go together, in millionths, and who bought which."""
        self.customers = sum(map(bool, baskets))
        self.buyers = Counter(key for basket in baskets for key in basket)
        self.together = {}
        for one in self.buyers:
            both = Counter(key for basket in baskets if one in basket for key in basket if key != one)
            goes = {
                key: self.likeness(count, self.buyers[one] * self.buyers[key], self.customers)
                for key, count in both.items() if count >= self.recommend["at_least"]
            }
            best = sorted(goes, key=lambda key: (-goes[key], key.encode()))[:KEPT]
            self.together[one] = {key: goes[key] for key in best}

    def likeness(self, both, product, customers):
        like = both / math.sqrt(product) if self.recommend["by"] == "cosine" else both * customers / product
        return math.floor(like * 1_000_000 + 0.5)

    def recommended(self, bought):
        scores = Counter()
        for one in bought:
            scores.update(self.together.get(one, {}))
        best = sorted(scores, key=lambda key: (-scores[key], key.encode()))
        new = [key for key in dict.fromkeys([*best, *self.best_known()]) if key not in bought]
        return new[: self.recommend["count"]]

    def best_known(self):
        return sorted(self.buyers, key=lambda key: (-self.buyers[key], key.encode()))

    def is_purchase(self, event):
        return self.purchases is not None and self.purchases["event"] == event.name


class Purchases:
    def take_orders(self):
        names = {name.lower() if "@" in name else name for name in (self.of["id"], self.fields["email"]) if name}
        self.bought = {
            name: set().union(*(catalog.orders.get(each, ()) for each in names))
            for name, catalog in self.plan.catalogs.items()
        }

    def completed(self, event):
        """An event with what a catalog knows of the item; none where nothing is left to recommend."""
        for name, catalog in self.plan.catalogs.items():
            if not catalog.is_purchase(event):
                continue
            of = catalog.purchases["item"]
            if event.props.get(of) == "recommended":
                offered = catalog.recommended(self.bought[name])
                if not offered:
                    return None
                drawn = self.draw(key("recommended", name), event.number)
                event.props[of], event.is_recommended = offered[int(drawn * len(offered))], True
            known = catalog.values.get(event.props.get(of), {})
            for prop, field in catalog.purchases.get("fills", {}).items():
                if prop not in event.props and field in known:
                    event.props[prop] = value(known[field])
        return event

    def buy(self, event):
        for name, catalog in self.plan.catalogs.items():
            item = event.props.get(catalog.purchases["item"]) if catalog.is_purchase(event) else None
            if item in catalog.values:
                self.bought[name].add(item)
                if self.running:
                    label = f"item {name} {item}"
                    self.sums[f"{label} purchases"] += 1
                    self.sums[f"{label} recommended"] += event.is_recommended
                    self.sums[f"{label} amount"] += self.money(event)

    def money(self, event):
        """All that an event carries of it."""
        return sum(micros(event.props.get(name)) for name in self.plan.money[event.name])
