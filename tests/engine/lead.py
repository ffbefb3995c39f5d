"""One lead's run: its agenda, cascades, journeys and steps, as docs/semantics.md tells them."""

import heapq
import itertools
import json
from collections import Counter, deque

import clock
from acquisition import Acquisition
from behaviour import Behaviour
from chance import join, key
from conditions import Ask, Date, Instant, told, value
from consent import Consent
from measures import Measures, micros
from purchases import Catalog, Purchases
from sending import Sending

# What comes first within a second.
CREATED, OUTSIDE, TIMER, WAIT_FOR, TICK = range(5)
NO_JOURNEY = (0, 0, 0)

MADE_BY_RUNS = set(
    "lead_created email_sent email_delivered message_sent message_delivered subscription_expired engagement_changed "
    "stage_changed task_created synced webhook_called audience_added audience_removed journey_entered "
    "journey_ended".split()
)
LIVELOCK = 1_000
WAITS = object()


class Stopped(Exception):
    """A livelock."""


class Plan:
    def __init__(self, campaign):
        self.__dict__.update({"pages": {}, "forms": {}, "sources": {}, "catalogs": {}, "tracking": None, **campaign})
        order = sorted(self.journeys.items(), key=lambda each: (-each[1]["priority"], each[0].encode()))
        self.order = [Journey(name, rank, of) for rank, (name, of) in enumerate(order)]
        self.by_name = {journey.name: journey for journey in self.order}
        self.zone = clock.zone(self.settings["timezone"])
        self.contents = {**self.emails, **self.messages}
        self.moves_ask_segments = self.lifecycle and '"in_segment"' in json.dumps(self.lifecycle["moves"])
        self.catalogs = {name: Catalog(of) for name, of in sorted(self.catalogs.items())}
        self.money = {name: [prop for prop, of in event["properties"].items() if of.get("money")] for name, event in self.events.items()}
        self.marketing = sorted(name for name, topic in self.topics.items() if topic["consent"] != "transactional")


class Journey:
    def __init__(self, name, rank, of):
        self.__dict__.update(of, name=name, rank=rank)
        self.steps = {step["id"]: {**step, "number": number} for number, step in enumerate(of["steps"])}
        by = self.entry["by"]
        (self.by, self.of), = by.items() if isinstance(by, dict) else [(by, None)]


class Event:
    """Something that happens; draws that belong to it are told apart by its number."""

    def __init__(self, at, name, props, number, outside=False):
        self.at, self.name, self.props, self.number, self.outside = at, name, props, number, outside
        self.is_recommended = False


class Stay:
    """An instance of a journey."""

    def __init__(self, journey, entry, key, since, number):
        self.journey, self.entry, self.key, self.since, self.number = journey, entry, key, since, number
        self.alive, self.wait, self.mail, self.arms = True, None, None, {}
        self.drawn = set()
        self.busy = (None, 0)

    def place(self):
        return (self.journey.rank, self.number)


class Lead(Sending, Consent, Behaviour, Measures, Acquisition, Purchases):
    def __init__(self, plan, of, start, end, chance):
        self.plan, self.of, self.start, self.end, self.draw = plan, of, start, end, chance.draw
        self.facts, self.figures = [], Counter()
        self.agenda, self.queue, self.numbers = [], deque(), itertools.count()
        self.history, self.mails, self.held = [], [], []
        self.stays, self.exits, self.finished, self.entered = [], {}, set(), Counter()
        self.complained = False
        self.segments, self.given, self.decays, self.moves_due = set(), {}, {}, []
        self.busy = (None, 0)
        self.running = self.is_stopped = self.outside = False
        self.fields = {name: value(each) for name, each in zip(sorted(plan.fields, key=str.encode), of["values"])}
        told = of["timeline"] and sorted(of["timeline"], key=lambda each: each["at_secs"])
        self.told = told and [{**each, "number": number} for number, each in enumerate(told)]
        self.arms = {tuple(place): arm for place, arm in of["settled"]["arms"]}
        for setup in (self.setup_sending, self.setup_behaviour, self.setup_measures, self.setup_acquisition):
            setup()

    # Time

    def zone(self, own=True):
        name = self.fields.get("timezone")
        return clock.zone(name) if own and name else self.plan.zone

    def today(self):
        return clock.local(self.now, self.zone()).date()

    def at(self, when, what, klass=TIMER, place=NO_JOURNEY, since=None):
        """Puts something on the agenda; the item can be cancelled. `since`: when a held mail was asked for."""
        item = [(when, klass, place, next(self.numbers)), what, when if since is None else since]
        heapq.heappush(self.agenda, item)
        return item

    @staticmethod
    def cancel(item):
        if item:
            item[1] = None

    # The run

    def comes_in(self):
        created = self.fields.get("created_at")
        return self.start if created is None or created <= self.start else int(created)

    def run(self):
        if self.comes_in() < self.end:
            self.start_run()
            while self.next_turn():
                self.turn()
            self.finish()

    def start_run(self):
        comes = self.comes_in()
        self.now = self.comes = comes
        self.begin()
        self.past(comes)
        self.now = comes
        self.running = True
        for each in self.told or []:
            if each["at_secs"] >= comes:
                self.at(each["at_secs"], lambda each=each: self.happen(each), OUTSIDE)
        is_new = comes > self.start and self.fields.get("created_at") is not None
        self.at(comes, lambda: self.come_in(is_new), CREATED)
        day = clock.local(comes, self.plan.zone).date()
        self.at(clock.midnight(day + clock.timedelta(days=1), self.plan.zone), self.tick, TICK)

    def next_turn(self):
        """When the next thing is due, and since when the mail waits that is due then."""
        while self.agenda and not self.agenda[0][1]:
            heapq.heappop(self.agenda)
        if not self.agenda or self.agenda[0][0][0] >= self.end:
            return None
        return self.agenda[0][0][0], self.agenda[0][2]

    def turn(self):
        (self.now, klass, *_), what, _ = heapq.heappop(self.agenda)
        self.outside = klass == OUTSIDE
        try:
            what()
            self.outside = False
            while self.queue:
                self.queue.popleft()()
        except Stopped:
            self.agenda.clear()
            self.is_stopped = True
            self.figures["stopped"] += 1
            self.facts = [fact for fact in self.facts if not fact.startswith(f"{self.now} ")]
            self.note("stopped")

    def finish(self):
        self.figures["running"] += len(self.stays)
        self.measure()

    def until(self, end):
        while self.next_turn() and self.next_turn()[0] < end:
            self.turn()

    def begin(self):
        """What the leads file gives."""
        of, lists = self.of, self.plan.lists.items()
        email = (self.fields.get("email") or "").lower()
        self.lists = {name for name, each in lists if of["id"] in each["ids"] or (email and email in each["emails"])}
        self.lists |= set(of["settled"]["lists"])
        self.take_orders()
        self.scores = {}
        for (name, model), score in itertools.zip_longest(sorted(self.plan.scoring.items()), of["scores"]):
            self.scores[name] = self.in_range(model, model["initial"] if score is None else score)
        stages = self.plan.lifecycle["stages"] if self.plan.lifecycle else [None]
        self.stage, self.stage_since = of["stage"] or stages[0], self.now
        self.reached = {self.stage}
        self.persona, self.grades = None, {name: None for name in self.plan.grading}
        self.profile(silent=True)
        self.setup_markets()
        self.setup_consent()
        self.await_confirmations()
        self.subscribed = self.standing_in()
        self.setup_interest()
        self.arm_decays()
        self.arm_moves()

    def come_in(self, is_new):
        for name in sorted(self.plan.grading):
            self.note("grade", name, self.grades[name])
        self.note("began", self.stage, dict(sorted(self.scores.items())), self.subscribed)
        for journey in self.plan.order:
            if journey.by == "schedule":
                self.schedule(journey, self.now)
        self.begin_habits()
        if is_new:
            self.sums[f"source {self.fields.get('source') or 'no source'} new leads"] += bool(self.plan.sources)
            created = Event(self.now, "lead_created", {}, 0)
            self.note_event(created)
            self.cascade(created)
        else:
            self.cascade(launch=True)

    def tick(self):
        day = clock.local(self.now, self.plan.zone).date() + clock.timedelta(days=1)
        self.at(clock.midnight(day, self.plan.zone), self.tick, TICK)
        self.cascade()

    def schedule(self, journey, since):
        moment = journey.of["moment"]
        when = clock.next_moment(moment, since, self.zone(), self.plan_calendars())
        if when >= since:
            self.at(when, lambda: self.on_schedule(journey), TIMER, (1, journey.rank, -1))

    def on_schedule(self, journey):
        if "once" not in journey.of["moment"]:
            self.schedule(journey, self.now + 1)
        self.cascade(scheduled=journey)

    def plan_calendars(self):
        return getattr(self.plan, "calendars", {})

    def note(self, *words):
        self.facts.append(f"{self.now} " + " ".join(
            word if isinstance(word, str) else json.dumps(word, separators=(",", ":"), ensure_ascii=False)
            for word in words
        ))

    # The past

    def past(self, comes):
        events = [each for each in self.told or [] if each["at_secs"] < comes]
        if not events:
            return
        self.now = events[0]["at_secs"]
        self.agenda.clear()
        self.begin()
        self.cascade()
        for each in events:
            self.until(each["at_secs"])
            self.now = each["at_secs"]
            self.has_happened(each["event"], {name: value(of) for name, of in each["with"].items()}, each["number"])
        self.until(comes)
        for name, of in zip(sorted(self.plan.fields, key=str.encode), self.of["values"]):
            if of is not None:
                self.fields[name] = value(of)
        self.now = comes
        for name, score in zip(sorted(self.plan.scoring), self.of["scores"]):
            if score is not None:
                self.scores[name] = self.in_range(self.plan.scoring[name], score)
        if self.of["stage"] and self.of["stage"] != self.stage:
            self.stage, self.stage_since = self.of["stage"], comes
            self.reached.add(self.stage)
            self.arm_moves()
        self.profile(silent=True)
        self.reached = {self.stage}
        self.put_back_consent()
        self.subscribed = self.standing_in()
        self.facts.clear()
        self.segments.clear()

    def has_happened(self, name, props, number):
        event = Event(self.now, name, self.with_topic(name, props.get("email") or props.get("message"), props), number)
        if name == "email_sent" and props.get("email") in self.plan.emails:
            self.remember(props["email"])
        elif name in ("email_delivered", "email_bounced", "message_delivered", "message_failed"):
            content = props.get("email") or props.get("message")
            self.hear_of_address(self.channel(content) if content else "email", name, props.get("kind"))
        elif name == "stage_changed" and props.get("to") and props["to"] != self.stage:
            self.stage, self.stage_since = props["to"], self.now
            self.reached.add(self.stage)
            self.arm_moves()
        elif name in ("journey_entered", "journey_ended"):
            journey = self.plan.by_name.get(props.get("journey"))
            if journey and not journey.entry["key"]:
                self.exits[journey.name, None] = self.now
                if name == "journey_ended":
                    self.finished.add(journey.name)
        if self.may_track(event) and self.completed(event):
            self.cascade(event)

    # Cascades

    def emit(self, name, number, **props):
        self.come_about(self.event(name, props, number))

    def emit_change(self, name, before, after):
        """The lead is something else now; of each kind, the changes are counted."""
        self.changes[name] += 1
        self.emit(name, join(key(name), self.changes[name]), **{"from": before, "to": after})

    def event(self, name, props, number):
        return Event(None, name, {name: each for name, each in props.items() if each is not None}, number, self.outside)

    def made(self, of, number):
        """The event that a plan tells to make."""
        return self.event(of["event"], {name: value(each) for name, each in of["with"].items()}, number)

    def come_about(self, event):
        """Something the campaign makes: it queues."""
        for each in self.brought_along(event) if self.running and self.completed(event) else []:
            self.note_event(each)
            self.queue.append(lambda each=each: self.cascade(each))

    def note_event(self, event):
        with_ = {name: told(event.props[name]) for name in sorted(event.props)}
        self.note("happened", event.name, with_, event.outside)

    def cascade(self, event=None, launch=False, scheduled=None, then=None):
        self.busy = (self.now, self.busy[1] + 1) if self.busy[0] == self.now else (self.now, 1)
        if self.busy[1] > LIVELOCK:
            raise Stopped
        self.outside = False
        if event:
            event.at = self.now
            self.history.append(event)
            self.measure_event(event)
            self.credit_money(event)
            self.set_fields({
                field: event.props[prop]
                for field, prop in self.plan.events[event.name]["sets"].items() if prop in event.props
            })
            self.touch(event)
            self.buy(event)
            self.change_subscriptions(event)
            self.score_event(event)
        self.moves(event)
        before = set(self.segments)
        became = self.evaluate_segments()
        if self.segments != before and self.plan.moves_ask_segments:
            self.change()
        if not self.running:
            self.queue.clear()
            return
        if event and event.name == self.visit():
            self.show()
        self.react(event)
        for topic in sorted(self.ending):
            self.withdraw_request(topic)
        for stay in sorted(self.stays, key=Stay.place):
            if stay.alive:
                self.check_leaving(stay)
        self.check_trials(event)
        waiting = [(stay, stay.wait) for stay in sorted(self.stays, key=Stay.place) if stay.wait]
        if then:
            then()
        for stay, wait in waiting:
            if stay.alive and stay.wait is wait and self.is_met(stay, wait, event):
                self.end_wait(stay, "heard")
        for journey in self.plan.order:
            if journey.by == "event" and event and journey.of["event"] == event.name:
                self.enter(journey, event)
            elif journey.by == "segment" and journey.of["segment"] in became:
                if journey.of["existing"] or not launch:
                    self.enter(journey, None)
            elif journey is scheduled and journey.of["segment"] in self.segments:
                self.enter(journey, None)

    def change(self):
        self.queue.append(self.cascade)

    def set_fields(self, values):
        changed = {name for name, each in values.items() if self.fields[name] != each}
        self.fields.update(values)
        if changed:
            self.change_addresses(changed)
            self.profile()

    def profile(self, silent=False):
        persona = next((each for each in self.plan.personas if Ask(self).holds(each["matches"])), None)
        changed = persona is not self.persona
        self.persona = persona
        for name, model in sorted(self.plan.grading.items()):
            points = sum(rule["points"] for rule in model["rules"] if Ask(self).holds(rule["when"]))
            grade = next((band["name"] for band in model["bands"] if points >= band["points"]), None)
            if grade != self.grades[name]:
                self.grades[name] = grade
                if not silent:
                    self.note("grade", name, grade)
        self.market = self.find_market()
        if changed and self.running:
            self.begin_habits()

    # Scores

    @staticmethod
    def in_range(model, score):
        return min(max(score, model["min"]), model["max"])

    def add_points(self, name, points):
        self.scores[name] = self.in_range(self.plan.scoring[name], self.scores[name] + points)
        self.note("score", name, self.scores[name])

    def score_event(self, event):
        for name, model in sorted(self.plan.scoring.items()):
            for number, rule in enumerate(model["rules"]):
                if rule["event"] != event.name or not Ask(self, event.props).holds(rule["filter"]):
                    continue
                given = self.given.setdefault((name, number), [])
                limit = rule["at_most"]
                if limit and len(clock.in_window(limit["per"], given, self.now, self.zone())) >= limit["count"]:
                    continue
                given.append(self.now)
                self.add_points(name, rule["points"])
            if model["decay"] and event.name in model["decay"]["without"]:
                self.arm_decay(name)

    def arm_decays(self):
        for name, model in sorted(self.plan.scoring.items()):
            if model["decay"]:
                self.arm_decay(name)

    def arm_decay(self, name):
        self.cancel(self.decays.get(name))
        every = self.plan.scoring[name]["decay"]["every_secs"]
        self.decays[name] = self.at(self.now + every, lambda: self.decay(name))

    def decay(self, name):
        self.add_points(name, self.plan.scoring[name]["decay"]["points"])
        self.arm_decay(name)
        self.cascade()

    # The lifecycle

    def arm_moves(self):
        for item in self.moves_due:
            self.cancel(item)
        all_moves = self.plan.lifecycle["moves"] if self.plan.lifecycle else []
        self.moves_due = [
            self.at(self.stage_since + move["after_secs"], self.cascade)
            for move in all_moves if move["from"] == self.stage and move["after_secs"] and not move["event"]
        ]

    def moves(self, event):
        entered = set()
        while True:
            all_moves = self.plan.lifecycle["moves"] if self.plan.lifecycle else []
            move = next((each for each in all_moves if self.applies(each, event) and each["to"] not in entered), None)
            if not move:
                return
            entered.add(move["to"])
            self.put_into_stage(move["to"])

    def applies(self, move, event):
        if move["from"] != self.stage or not Ask(self).holds(move["when"]):
            return False
        if move["event"] and not (event and event.name == move["event"]):
            return False
        if move["filter"] and not Ask(self, event.props).holds(move["filter"]):
            return False
        return self.now - self.stage_since >= (move["after_secs"] or 0)

    def put_into_stage(self, stage):
        before, self.stage, self.stage_since = self.stage, stage, self.now
        if stage not in self.reached and self.running:
            self.credit(f"stage {stage}")
        self.reached.add(stage)
        self.note("stage", stage)
        self.arm_moves()
        self.emit_change("stage_changed", before, stage)

    def evaluate_segments(self):
        became = set()
        for name in self.plan.segment_order:
            member = Ask(self).holds(self.plan.segments[name]["when"])
            if member != (name in self.segments):
                self.note("segment", name, member)
                (self.segments.add if member else self.segments.discard)(name)
                if member:
                    became.add(name)
        return became

    # Entering and leaving

    def enter(self, journey, event):
        key_of = event.props.get(journey.entry["key"]) if event and journey.entry["key"] else None
        reason = self.refusal(journey, event, key_of)
        if reason:
            self.note("refused", journey.name, reason)
            self.figures["refused", journey.name, reason] += 1
            return
        stay = Stay(journey, event, key_of, self.now, next(self.numbers))
        self.stays.append(stay)
        self.entered[journey.name] += 1
        stay.entered = self.entered[journey.name]
        self.entries.append((journey.name, self.now))
        self.note("entered", journey.name)
        self.figures["entered", journey.name] += 1
        self.emit("journey_entered", join(key("journey", journey.name), 2 * stay.entered), journey=journey.name)
        if not self.check_leaving(stay):
            self.go(stay, journey.first)

    def refusal(self, journey, event, key):
        entry, ask = journey.entry, Ask(self, event.props if event else None)
        is_entry_event = event and journey.by == "event"
        if is_entry_event and not ask.holds(journey.of["filter"]):
            return "not-matching"
        if not ask.holds(entry["when"]) or (entry["key"] and key is None):
            return "not-matching"
        if journey.ends and self.now > clock.instant(clock.datetime.fromisoformat(journey.ends), self.plan.zone):
            return "ended"
        inside = [stay for stay in self.stays if stay.journey is journey]
        if entry["key"]:
            if any(stay.key == key for stay in inside) or (entry["at_once"] and len(inside) >= entry["at_once"]):
                return "already-in"
        elif inside:
            return "already-in"
        last = self.exits.get((journey.name, key))
        if last is not None and entry["again"] == "never":
            return "again-never"
        if last is not None and isinstance(entry["again"], dict) and self.now - last < entry["again"]["after_secs"]:
            return "again-too-soon"
        return None

    def check_leaving(self, stay):
        ask, goal = Ask(self, stay=stay), stay.journey.goal
        if stay.journey.exit_when and ask.holds(stay.journey.exit_when):
            self.leave(stay, "exit_when")
        elif goal and (goal["within_secs"] is None or self.now - stay.since <= goal["within_secs"]) and ask.holds(goal["when"]):
            self.leave(stay, "goal")
        return not stay.alive

    def leave(self, stay, reason):
        stay.alive = False
        self.stays.remove(stay)
        if stay.wait:
            self.cancel(stay.wait["item"])
        self.withdraw(stay.mail)
        self.exits[stay.journey.name, stay.key] = self.now
        self.finished.add(stay.journey.name)
        self.note("exited", stay.journey.name, reason)
        if reason == "goal":
            self.credit(f"goal {stay.journey.name}")
        self.figures["exited", stay.journey.name, reason] += 1
        number = join(key("journey", stay.journey.name), 2 * stay.entered + 1)
        self.emit("journey_ended", number, journey=stay.journey.name, reason=reason)

    # Steps

    def go(self, stay, target):
        while target is not WAITS:
            if target is None:
                return self.leave(stay, "completed")
            stay.busy = (self.now, stay.busy[1] + 1) if stay.busy[0] == self.now else (self.now, 1)
            if stay.busy[1] > LIVELOCK:
                raise Stopped
            step = stay.journey.steps[target]
            self.runs[stay.journey.name, target] += 1
            self.note("reached", f"{stay.journey.name}.{target}")
            self.figures["reached", stay.journey.name, target] += 1
            action = step["action"]
            (kind, of), = action.items() if isinstance(action, dict) else [(action, None)]
            target = getattr(self, "do_" + kind)(stay, step, of)
            if not stay.alive:
                return

    def number_at(self, stay, step):
        return join(key("step", stay.journey.name, step["id"]), self.runs[stay.journey.name, step["id"]])

    def place(self, stay, step):
        return (1, stay.journey.rank, step["number"])

    def sleep(self, stay, step, until):
        """Waits until an instant; not at all if that is past."""
        if until < self.now:
            return step["next"]
        wake = lambda: self.cascade(then=lambda: self.end_wait(stay, None))
        item = self.at(until, wake, TIMER, self.place(stay, step))
        stay.wait = {"step": step, "item": item, "for": None}
        return WAITS

    def end_wait(self, stay, way):
        if not stay.alive:
            return
        wait, stay.wait = stay.wait, None
        self.cancel(wait["item"])
        if way:
            self.way(stay, wait["step"], way)
        timeout = way == "timeout" and wait["for"]["timeout"]
        self.go(stay, wait["for"]["timeout"] if way == "timeout" else wait["step"]["next"])

    def way(self, stay, step, *way):
        self.note("way", f"{stay.journey.name}.{step['id']}", *way)

    def length(self, length):
        if "secs" in length:
            return self.now + length["secs"]
        of = length["business_days"]
        return clock.business_days(self.now, of["days"], self.plan.calendars[of["calendar"]], self.zone())

    def do_wait(self, stay, step, of):
        return self.sleep(stay, step, self.length(of["length"]))

    def do_wait_until(self, stay, step, of):
        zone, calendars, to = self.zone(), self.plan_calendars(), of.get("to_minute")
        if to is not None and clock.is_within_hours(of["moment"], to, self.now, zone, calendars):
            return step["next"]
        return self.sleep(stay, step, clock.next_moment(of["moment"], self.now, zone, calendars))

    def do_wait_until_date(self, stay, step, of):
        when = Ask(self, stay=stay).get(of["of"])
        if when is None:
            return step["next"]
        zone, by = self.zone(), clock.timedelta(seconds=of["offset_secs"])
        midnight = clock.datetime(1970, 1, 1) + clock.timedelta(days=1) * when if type(when) is Date else None
        if of["minute"] is not None:
            day = (clock.local(when, zone) if midnight is None else midnight) + by
            until = clock.on_day(day.date(), of["minute"], zone)
        else:
            until = when + of["offset_secs"] if midnight is None else clock.instant(midnight + by, zone)
        return self.sleep(stay, step, until)

    def do_wait_best_time(self, stay, step, of):
        moment = self.best_time()
        if not moment:
            return step["next"]
        return self.sleep(stay, step, clock.next_moment(moment, self.now, self.zone(), self.plan_calendars()))

    def do_wait_for(self, stay, step, of):
        if of["when"] and Ask(self, stay=stay).holds(of["when"]):
            self.way(stay, step, "heard")
            return step["next"]
        end = lambda: self.cascade(then=lambda: self.end_wait(stay, "timeout"))
        item = self.at(self.length(of["within"]), end, WAIT_FOR, self.place(stay, step))
        stay.wait = {"step": step, "item": item, "for": of}
        return WAITS

    def is_met(self, stay, wait, event):
        of = wait["for"]
        if not of:
            return False
        if of["event"] is None:
            return Ask(self, stay=stay).holds(of["when"])
        return event is not None and event.name == of["event"] and Ask(self, event.props, stay).holds(of["filter"])

    def do_branch(self, stay, step, of):
        for number, arm in enumerate(of["arms"]):
            if Ask(self, stay=stay).holds(arm["when"]):
                self.way(stay, step, "arm", number)
                return arm["to"]
        self.way(stay, step, "else")
        return step["next"]

    def do_split(self, stay, step, of):
        name = self.arms.get((stay.journey.name, step["id"])) or stay.arms.get(step["id"]) or self.draw_arm(stay, step["id"], of["arms"])
        stay.arms[step["id"]] = name
        self.way(stay, step, "split", name)
        self.begin_trial(stay, step, name)
        self.figures["arm", stay.journey.name, step["id"], name] += 1
        return next(arm["to"] for arm in of["arms"] if arm["name"] == name)

    def do_set(self, stay, step, of):
        self.set_fields({name: value(each) for name, each in of["values"].items()})
        self.change()
        return step["next"]

    def do_score(self, stay, step, of):
        for name, points in sorted(of["points"].items()):
            self.add_points(name, points)
        self.change()
        return step["next"]

    def do_stage(self, stay, step, of):
        if of["stage"] != self.stage:
            self.put_into_stage(of["stage"])
            self.change()
        return step["next"]

    def do_list(self, stay, step, of):
        (self.lists.add if of["add"] else self.lists.discard)(of["list"])
        self.change()
        return step["next"]

    def do_topic(self, stay, step, of):
        self.subscribe(of["topic"], by_step=True) if of["subscribe"] else self.unsubscribe(of["topic"])
        self.change()
        return step["next"]

    def do_task(self, stay, step, of):
        self.note("task", f"{stay.journey.name}.{step['id']}", of["to"])
        self.pay("tasks", of["to"], micros(of.get("cost")), stay.journey.name)
        return self.reach(stay, step, of, "task_created")

    def do_sync(self, stay, step, of):
        self.pay_system(of["to"], stay.journey.name)
        return self.reach(stay, step, of, "synced")

    def do_webhook(self, stay, step, of):
        self.pay_system(of["to"], stay.journey.name)
        return self.reach(stay, step, of, "webhook_called")

    def reach(self, stay, step, of, event):
        """A person or a system is reached; something may come of it."""
        self.emit(event, self.number_at(stay, step), to=of["to"], journey=stay.journey.name, step=step["id"])
        self.draw_outcome(of, (stay.journey.name, step["id"]), self.runs[stay.journey.name, step["id"]])
        return step["next"]

    def do_audience(self, stay, step, of):
        """The list is changed; the system is told what it does not know."""
        key = (of["list"], of["to"])
        if of["add"] != (of["list"] in self.lists):
            (self.lists.add if of["add"] else self.lists.discard)(of["list"])
            self.change()
        if of["add"] == (key in self.audiences):
            return step["next"]
        self.pay_system(of["to"], stay.journey.name)
        if of["add"]:
            self.audiences[key] = (self.now, stay.journey.name)
        else:
            self.leave_audience(key)
        name = "audience_added" if of["add"] else "audience_removed"
        of_list = {"audience": of["list"], "to": of["to"]}
        self.emit(name, self.number_at(stay, step), **of_list, journey=stay.journey.name, step=step["id"])
        return step["next"]

    def do_emit(self, stay, step, of):
        self.come_about(self.made(of, self.number_at(stay, step)))
        return step["next"]

    def do_start(self, stay, step, of):
        journey = self.plan.by_name[of["journey"]]
        self.queue.append(lambda: self.enter(journey, None))
        return step["next"]

    def do_goto(self, stay, step, of):
        return step["next"]

    def do_exit(self, stay, step, of):
        self.leave(stay, of["reason"])
        return None
