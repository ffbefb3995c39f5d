"""Pages, forms and sources: what a visit brings along, and what touches a lead."""

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
            return [event, *self.complete(event.props.get("form"))]
        return [*self.ticked(event), event]

    def visit_page(self, event):
        page = self.plan.pages.get(event.props.get("page"))
        if not page:
            return [event]
        variant = self.variant(event.props["page"], page["variants"], event.props.get("variant"))
        if variant["name"]:
            event.props["variant"] = variant["name"]
        form, starts = variant.get("form") or (None, 0)
        if not form or not self.chance(starts):
            return [event]
        started = self.event("form_started", {"form": form, "page": event.props["page"]}, event.outside)
        return [event, *self.brought_along(started)]

    def variant(self, page, variants, named):
        """A visitor always sees the same; a visit may say itself which it is."""
        if page not in self.seen_variants:
            self.seen_variants[page] = self.random.choices(variants, [each["weight"] for each in variants])[0]
        return next((each for each in variants if each["name"] == named), self.seen_variants[page])

    def complete(self, name):
        form = self.plan.forms.get(name)
        if not form:
            return []
        of, required = form["completion"], sum(field["required"] for field in form["fields"])
        optional = len(form["fields"]) - required
        if not self.chance(of["base"] + required * of["per_field"] + optional * of["per_optional"]):
            return []
        return self.brought_along(self.event(form["submits"], {form["names_itself"]: name}, True))

    def ticked(self, event):
        """The subscription comes before the event of the form."""
        for name, form in self.plan.forms.items():
            is_sent = event.name == form["submits"] and event.props.get(form["names_itself"]) == name
            if is_sent and form.get("consent") and self.chance(form["consent"]["agree"]):
                return [self.event("subscribed", {"topic": form["consent"]["topic"], "place": name}, True)]
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
