"""Expressions, as docs/language.md tells them. An absent value is `None`."""

import math
from datetime import timedelta

import clock


class Date(int):
    """Days since 1970."""


class Instant(int):
    """Seconds since 1970."""


KINDS = {"bool": bool, "int": int, "number": float, "text": str, "date": Date, "datetime": Instant, "set": frozenset}


def value(told):
    """A value of the plan."""
    if told is None:
        return None
    (kind, what), = told.items()
    return KINDS[kind](what)


def told(of):
    """A value as the plan writes it."""
    kind = next(kind for kind, made in KINDS.items() if type(of) is made)
    return {kind: sorted(of) if kind == "set" else of}


COMPARE = {
    "eq": lambda a, b: a == b,
    "ne": lambda a, b: a != b,
    "lt": lambda a, b: a < b,
    "le": lambda a, b: a <= b,
    "gt": lambda a, b: a > b,
    "ge": lambda a, b: a >= b,
}


def rest(a, b):
    """Never negative."""
    return a - abs(b) * (a // abs(b)) if type(a) is type(b) is int else float(a) - abs(b) * math.floor(a / abs(b))


ARITHMETIC = {
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "mul": lambda a, b: a * b,
    "div": lambda a, b: a / b if b else None,
    "rem": lambda a, b: rest(a, b) if b else None,
}

FILTERS = {
    "lower": str.lower,
    "upper": str.upper,
    "trim": str.strip,
    "length": len,
    "abs": abs,
    "round": lambda a: a if type(a) is int else math.copysign(math.floor(abs(a) + 0.5), a),
}

TEXT_TESTS = {"starts_with": str.startswith, "ends_with": str.endswith, "contains": str.__contains__}


class Ask:
    """Who is asked, and about what: the lead, perhaps an event at hand, perhaps a stay in a journey."""

    def __init__(self, lead, event=None, stay=None):
        self.lead, self.event, self.stay = lead, event, stay

    def holds(self, condition):
        return condition is None or self.get(condition["expr"]) is True

    def get(self, expr):
        return getattr(self, "of_" + expr["op"])(expr)

    def of_const(self, e):
        return value(e["value"])

    def of_absent(self, e):
        return None

    def of_field(self, e):
        return self.lead.fields[e["name"]]

    def of_event_property(self, e):
        return self.event.get(e["name"]) if self.event is not None else None

    def of_entry_property(self, e):
        entry = self.stay.entry if self.stay else None
        return entry.props.get(e["name"]) if entry and entry.name == e["event"] else None

    def of_score(self, e):
        return self.lead.scores[e["model"]]

    def of_grade(self, e):
        return self.lead.grades[e["model"]]

    def of_stage(self, e):
        return self.lead.stage

    def of_persona(self, e):
        return self.lead.persona["name"] if self.lead.persona else None

    def of_now(self, e):
        return Instant(self.lead.now)

    def of_today(self, e):
        return Date(clock.days_of(self.lead.today()))

    def of_all(self, e):
        return all(self.get(each) is True for each in e["of"])

    def of_any(self, e):
        return any(self.get(each) is True for each in e["of"])

    def of_not(self, e):
        return self.get(e["of"]) is not True

    def of_compare(self, e):
        left, right = self.get(e["left"]), self.get(e["right"])
        return left is not None and right is not None and COMPARE[e["cmp"]](left, right)

    def of_one_of(self, e):
        one = self.get(e["of"])
        return one is not None and any(one == value(each) for each in e["values"])

    def of_holds(self, e):
        all_of, one = self.get(e["set"]), self.get(e["value"])
        return all_of is not None and one is not None and one in all_of

    def of_is_absent(self, e):
        return self.get(e["of"]) is None

    def of_arithmetic(self, e):
        left, right = self.get(e["left"]), self.get(e["right"])
        return None if left is None or right is None else ARITHMETIC[e["sign"]](left, right)

    def of_text_test(self, e):
        of, what = self.get(e["of"]), self.get(e["with"])
        return of is not None and what is not None and TEXT_TESTS[e["test"]](of, what)

    def of_filter(self, e):
        of = self.get(e["of"])
        if e["filter"] == "default":
            return self.get(e["argument"]) if of is None else of
        return None if of is None else FILTERS[e["filter"]](of)

    def of_if(self, e):
        return self.get(e["then"] if self.get(e["test"]) is True else e["otherwise"])

    def of_in_segment(self, e):
        return e["segment"] in self.lead.segments

    def of_in_list(self, e):
        return e["list"] in self.lead.lists

    def of_subscribed(self, e):
        return self.lead.may_mail(e["topic"])

    def of_days_since_consent(self, e):
        return self.lead.days_since_consent(e["topic"])

    def of_reachable(self, e):
        return self.lead.gate_address(e["channel"]) is None

    def of_reached(self, e):
        return e["stage"] in self.lead.reached

    def of_in_journey(self, e):
        return any(stay.journey.name == e["journey"] for stay in self.lead.stays)

    def of_finished(self, e):
        return e["journey"] in self.lead.finished

    def since(self, within, since_entry):
        """The instant that what counts comes after."""
        since = -math.inf if within is None else self.lead.now - within
        return max(since, self.stay.since) if since_entry and self.stay else since

    def past(self, of):
        """The moments of the events that count."""
        since = self.since(of["within_secs"], of.get("since_entry"))
        events = (each for each in self.lead.history if each.name == of["event"] and each.at > since)
        fits = lambda each: not of.get("filter") or Ask(self.lead, each.props, self.stay).get(of["filter"]) is True
        return [each.at for each in events if fits(each)]

    def of_count(self, e):
        return len(self.past(e["of"]))

    def of_days_since(self, e):
        times = self.past(e["of"])
        return (self.lead.now - times[-1]) // clock.DAY if times else None

    def of_bought(self, e):
        return e["item"] in self.lead.bought[e["catalog"]]

    def of_received(self, e):
        since = self.since(e["within_secs"], e.get("since_entry"))
        return sum(mail.content == e["content"] and mail.at > since for mail in self.lead.mails)

    def of_days_since_date(self, e):
        of = self.get(e["of"])
        if of is None:
            return None
        return (clock.days_of(self.lead.today()) if type(of) is Date else (self.lead.now - of) // clock.DAY) - (
            of if type(of) is Date else 0
        )

    def of_days_until(self, e):
        of = self.get(e["of"])
        if of is None:
            return None
        if e.get("yearly"):
            day = of if type(of) is Date else clock.days_of(clock.local(of, self.lead.zone()).date())
            return clock.since_years(day, self.lead.today())
        return of - clock.days_of(self.lead.today()) if type(of) is Date else (of - self.lead.now) // clock.DAY
