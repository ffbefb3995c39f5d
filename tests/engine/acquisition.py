"""Pages, forms and sources: what a visit brings along, and what touches a lead."""

from chance import join, key, rendezvous
from conditions import Ask


class Acquisition:
    def setup_acquisition(self):
        self.seen_variants = {}

    def brought_along(self, event):
        """An event, with what is drawn to follow it at the same second, or to come right before it."""
        if self.told is not None:
            return [event]
        if event.name == "visited":
            return self.visit_page(event)
        if event.name == "form_started":
            return [event, *self.complete(event)]
        return [*self.ticked(event), event]

    def visit_page(self, event):
        page = self.plan.pages.get(event.props.get("page"))
        if not page:
            return [event]
        variant = self.variant(event.props["page"], page["variants"], event.props.get("variant"))
        if variant["name"]:
            event.props["variant"] = variant["name"]
        label = f"page {event.props['page']} {variant['name']}"
        self.sums[f"{label} visits"] += 1
        form, starts = variant.get("form") or (None, 0)
        name = key("starts", event.props["page"])
        if not form or self.draw(name, event.number) >= starts:
            return [event]
        props, number = {"form": form, "page": event.props["page"]}, join(name, event.number)
        started = self.event("form_started", props, number)
        brought = self.brought_along(started)
        self.sums[f"{label} starts"] += 1
        self.sums[f"{label} completions"] += len(brought) > 1
        return [event, *brought]

    def variant(self, page, variants, named):
        """A visitor always sees the same; a visit may say itself which it is."""
        if page not in self.seen_variants:
            drawn = [(each["weight"], self.draw(key("variant", page, each["name"]), 0)) for each in variants]
            self.seen_variants[page] = variants[rendezvous(drawn)]
        return next((each for each in variants if each["name"] == named), self.seen_variants[page])

    def complete(self, started):
        form = self.plan.forms.get(started.props.get("form"))
        if not form:
            return []
        name = key("completes", started.props["form"])
        self.sums[f"form {started.props['form']} starts"] += 1
        of, required = form["completion"], sum(field["required"] for field in form["fields"])
        optional = len(form["fields"]) - required
        likely = of["base"] + required * of["per_field"] + optional * of["per_optional"]
        if self.draw(name, started.number) >= likely:
            return []
        self.sums[f"form {started.props['form']} completions"] += 1
        props = {each: self.fields[field] for each, field in form.get("carries", {}).items()}
        if form["names_itself"]:
            props[form["names_itself"]] = started.props["form"]
        sent = self.event(form["submits"], props, join(name, started.number))
        return self.brought_along(sent) if self.completed(sent) else []

    def ticked(self, event):
        """The subscription comes before the event of the form."""
        for name, form in self.plan.forms.items():
            is_named = not form["names_itself"] or event.props.get(form["names_itself"]) == name
            is_sent, agrees = is_named and event.name == form["submits"], key("agrees", name)
            self.sums[f"form {name} submissions"] += is_sent
            if is_sent and form.get("consent") and self.draw(agrees, event.number) < form["consent"]["agree"]:
                self.sums[f"form {name} agreed"] += 1
                props = {"topic": form["consent"]["topic"], "place": name}
                return [self.event("subscribed", props, join(agrees, event.number))]
        return []

    def touch(self, event):
        for name, source in sorted(self.plan.sources.items()):
            by = source.get("touched_by")
            is_by = by and by["event"] == event.name and Ask(self, event.props).holds(by["filter"])
            if is_by or event.name == "visited" and event.props.get("source") == name:
                first = self.fields["source"]
                if self.running:
                    self.sums[f"source {name} touches"] += 1
                self.set_fields({"last_source": name, "source": name if first is None else first})

    def credit(self, what, amount=1):
        """What came about, to the first source and to the last one."""
        for by, field in (("first", "source"), ("last", "last_source")) if self.plan.sources else ():
            self.sums[f"source {self.fields[field] or 'no source'} {by} {what}"] += amount

    def credit_money(self, event):
        """What leads show before an event touches a source itself."""
        if self.running and any(name in event.props for name in self.plan.money[event.name]):
            self.credit(f"amount {event.name} count")
            self.credit(f"amount {event.name} sum", self.money(event))
