"""What is measured: KPIs and experiments, as the sums that their figures are made of."""

from collections import Counter

from conditions import Ask

RATES = {
    "delivery_rate": ("delivered", "sent"), "bounce_rate": ("bounced", "sent"), "open_rate": ("opened", "delivered"),
    "click_rate": ("clicked", "delivered"), "unsubscribe_rate": ("unsubscribed", "delivered"),
    "complaint_rate": ("complained", "delivered"), "click_to_open": ("clicked", "opened"),
}


def micros(amount):
    """Millionths of the currency's unit."""
    return round((amount or 0) * 1_000_000)


class Measures:
    def setup_measures(self):
        self.paid, self.entries, self.trials, self.sums = [], [], [], Counter()
        self.costs, self.audiences = [], {}
        self.comes = None

    # On the way

    def measure_event(self, event):
        """Amounts that events carry; conditions are asked at once."""
        if not self.running:
            return
        for name, kpi in self.plan.kpis.items():
            value = kpi["measure"].get("value")
            if value and value["event"] == event.name and Ask(self, event.props).holds(value["filter"]):
                self.paid.append((name, micros(event.props.get(value["property"])), self.now, self.entries[-1] if self.entries else None))

    def pay(self, kind, name, micros, journey):
        """What the lead costs; the journey is none where it is asked for a confirmation."""
        self.costs.append((kind, name, micros, journey))

    def pay_system(self, name, journey):
        self.pay("integrations", name, micros(self.plan.integrations[name]["cost"]), journey)

    def leave_audience(self, key):
        """A membership costs by the second, and the journey that began it."""
        since, journey = self.audiences.pop(key)
        rate = self.plan.integrations[key[1]].get("member_cost")
        if rate:
            cost = micros(rate["amount"]) * (self.now - since) // rate["per_secs"]
            self.pay("integrations", key[1], cost, journey)

    def measure_mail(self, mail, what):
        if not mail.is_past:
            mail.marks.add(what)
            self.sums[f"content {mail.content} {what}"] += 1

    def begin_trial(self, stay, step, arm):
        experiment = self.plan.experiments.get(f"{stay.journey.name}.{step['id']}")
        if experiment is None or step["id"] in stay.drawn:
            return
        stay.drawn.add(step["id"])
        when = experiment["goal"].get("when")
        state = "left_out" if when and Ask(self).holds(when) else "open"
        self.trials.append({"of": experiment, "arm": arm, "since": self.now, "state": state})

    def check_trials(self, event):
        for trial in self.trials:
            of = trial["of"]
            if trial["state"] != "open" or self.now > trial["since"] + of["within_secs"]:
                continue
            when, awaited = of["goal"].get("when"), of["goal"].get("event")
            if when:
                is_reached = Ask(self).holds(when)
            else:
                is_reached = event and event.name == awaited["event"] and Ask(self, event.props).holds(awaited["filter"])
            if is_reached:
                trial["state"] = "success"

    # At the end

    def measure(self):
        if not self.is_stopped:
            self.now = self.end
        for key in list(self.audiences):
            self.leave_audience(key)
        seen = Counter()
        for trial in self.trials:
            of = trial["of"]
            name = f"{of['journey']}.{of['step']}"
            self.sums[f"again {name}"] += seen[name] > 0
            seen[name] += 1
            state = trial["state"]
            if state != "left_out" and (self.is_stopped or trial["since"] + of["within_secs"] >= self.end):
                state = "unfinished"
            self.sums[f"arm {name} {trial['arm']} {state}"] += 1
        for kind, name, amount, journey in self.costs:
            self.sums[f"cost {kind} {name}"] += amount
            self.sums[f"cost of {journey}"] += amount if journey else 0
        for name, kpi in self.plan.kpis.items():
            self.measure_kpi(name, kpi)

    def measure_kpi(self, name, kpi):
        of = kpi["measure"]
        holds = lambda condition: Ask(self).holds(condition)
        per = of.get("per") or of.get("whole") or {}
        whole = holds(per.get("when"))
        value = of.get("value")
        if value and of.get("per") and value["within_secs"] and not value["journey"]:
            if self.comes + value["within_secs"] > self.end:
                self.sums[f"kpi {name} too recent"] += whole
                return
        for cell in self.cells(kpi["by"]):
            label = f"kpi {name} {cell[1] or 'no persona' if cell else 'whole'}"
            pair = self.pair(name, of, cell, whole)
            if pair:
                x, y = pair
                counted = {"leads": 1, "with y": int(y != 0), "x": x, "y": y}
                self.sums.update({f"{label} {what}": each for what, each in counted.items()})

    def cells(self, by):
        parts = {
            None: [], "persona": [each["name"] for each in self.plan.personas] + [None], "segment": list(self.plan.segments),
            "journey": list(self.plan.journeys),
        }[by]
        return [None] + [(by, name) for name in parts]

    def is_in(self, cell):
        """Whether the lead counts for a part."""
        if not cell:
            return True
        kind, name = cell
        return name == {
            "persona": self.persona and self.persona["name"], "segment": name if name in self.segments else None,
            "journey": name if any(each[0] == name for each in self.entries) else None,
        }[kind]

    def pair(self, name, of, cell, whole):
        kind = of["of"]
        if kind == "mails":
            return self.pair_of_mails(of["metric"], of["scope"], cell)
        journey = (of.get("value") or of)["journey"] if "value" in of or "cost" in of else None
        if not self.is_in(cell) or journey and not self.is_in(("journey", journey)):
            return None
        if kind == "leads":
            return int(Ask(self).holds(of["which"].get("when"))), 1
        if kind == "share":
            return int(whole and Ask(self).holds(of["part"])), int(whole)
        if kind == "cost":
            return self.cost(of["cost"], journey, cell), int(whole)
        paid = self.amount(name, of["value"], cell)
        if kind == "return":
            return paid, self.cost(of["cost"], journey, cell)
        return (0, 0) if of["per"] and not whole else (paid, 1)

    def cost(self, which, journey, cell):
        journey = cell[1] if cell and cell[0] == "journey" else journey
        counts = lambda kind, name: any(each["kind"] == kind and each["name"] in (None, name) for each in which)
        return sum(
            amount for kind, name, amount, by in self.costs if counts(kind, name) and (journey is None or by == journey)
        )

    def amount(self, name, value, cell):
        """What counts of the amounts: those in time, for a journey those that came last behind it."""
        journey = cell[1] if cell and cell[0] == "journey" else value["journey"]
        total = 0
        for kpi, amount, at, entry in self.paid:
            since = self.comes if journey is None else entry[1] if entry and entry[0] == journey else None
            is_in_time = since is not None and (value["within_secs"] is None or at - since <= value["within_secs"])
            total += amount if kpi == name and is_in_time else 0
        return total

    def pair_of_mails(self, metric, scope, cell):
        if metric == "mails_per_lead" and not self.is_in(cell):
            return None
        scope = [*scope.items(), *([cell] if cell else [])]
        mails = [mail for mail in self.mails if not mail.is_past and all(
            getattr(self, "is_of_" + key)(mail, name) for key, name in scope
        )]
        what, base = RATES.get(metric, ("sent" if metric == "mails_per_lead" else metric, None))
        count = lambda what: sum(what == "sent" or what in mail.marks for mail in mails)
        return count(what), count(base) if base else 1

    def is_of_email(self, mail, name):
        return mail.content == name

    is_of_message = is_of_email

    def is_of_journey(self, mail, name):
        return mail.journey == name

    def is_of_topic(self, mail, name):
        return mail.topic == name

    def is_of_channel(self, mail, name):
        return mail.channel == name

    def is_of_persona(self, mail, name):
        return mail.persona == name

    def is_of_segment(self, mail, name):
        return name in mail.members
