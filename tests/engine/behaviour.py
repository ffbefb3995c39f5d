"""What personas do, where no timeline tells it. Nothing is drawn as tabiji draws it: the numbers are Python's own, so that
two engines can only agree on average."""

import math

import clock
from conditions import Ask, value

# The 90 % quantile of a normal distribution.
Z90 = 1.2815515655446004
HOUR = 3600
OUTSIDE = 1


class Behaviour:
    def setup_behaviour(self):
        self.habits, self.opened = [], set()

    def behavior(self):
        return self.persona["behavior"] if self.persona else None

    def is_idle(self):
        """Whether the persona of this moment does nothing now."""
        behavior = self.behavior()
        return behavior is not None and not Ask(self).holds(behavior.get("when"))

    def best_time(self):
        own = (self.behavior() or {}).get("best_time")
        return own or self.plan.settings.get("best_time")

    def is_at_best_time(self):
        moment = self.best_time()
        if not moment:
            return False
        zone, calendars = self.zone(), self.plan_calendars()
        return self.now - HOUR < clock.next_moment(moment, self.now - HOUR + 1, zone, calendars) <= self.now

    def chance(self, of):
        return self.random.random() < of

    def draw_delay(self, delay):
        """Whole seconds, at least one."""
        if "mean_secs" in delay:
            secs = self.random.expovariate(1) * delay["mean_secs"]
        else:
            median, p90 = delay["median_secs"], delay["p90_secs"]
            spread = math.log(p90 / median) / Z90 if median and p90 > median else 0
            secs = median * math.exp(spread * self.random.gauss(0, 1))
        return max(1, round(secs))

    def draw_arm(self, arms):
        return self.random.choices([arm["name"] for arm in arms], [arm["weight"] for arm in arms])[0]

    # Deliveries

    def reading(self, channel):
        """How the persona of this moment takes mails, or messages of a channel."""
        behavior = self.behavior()
        if behavior is None:
            return None
        if channel == "email":
            return {**behavior, "fail": behavior["soft_bounce"], "invalid": behavior["hard_bounce"]}
        return (behavior.get("messages") or {}).get(channel)

    def draw_delivery(self, mail):
        settings = self.settings(mail.channel)
        under_way = settings and settings["delivery"]
        if under_way:
            self.at(self.now + self.draw_delay(under_way), lambda: self.attempt_delivery(mail, 0), OUTSIDE)
        else:
            self.attempt_delivery(mail, 0)

    def attempt_delivery(self, mail, tries):
        reading = self.reading(mail.channel)
        if reading and self.chance(reading["invalid"]):
            return self.ends(mail, "bounced", "hard" if mail.channel == "email" else "invalid")
        if reading and self.chance(reading["fail"]):
            if mail.channel == "email" and tries < self.plan.policies["soft_retries"]:
                again = self.now + self.plan.policies["soft_every_secs"]
                self.at(again, lambda: self.attempt_delivery(mail, tries + 1), OUTSIDE)
                return
            return self.ends(mail, "bounced", "soft" if mail.channel == "email" else "failed")
        self.ends(mail, "delivered")
        if reading:
            self.draw_reactions(mail, reading)

    # Reactions

    def factor(self, mail, what):
        """The appeal of what is sent, and what mails of late take."""
        factor = self.plan.contents[mail.content][what + "_factor"]
        fatigue = self.behavior()[what + "_fatigue"]
        if not fatigue:
            return factor
        since = mail.at - fatigue["window_secs"]
        before = self.mails[: self.mails.index(mail)]
        count = sum(each.at > since and each.channel == mail.channel for each in before)
        return factor * (1 - fatigue["loss"]) ** count

    def draw_reactions(self, mail, reading):
        behavior = self.behavior()
        later = lambda delay, what: self.at(self.now + self.draw_delay(reading[delay]), what, OUTSIDE)
        opens = reading["open"] * self.factor(mail, "open")
        if self.is_at_best_time():
            opens *= behavior.get("in_best_time") or 1
        click = reading["click"] * self.factor(mail, "click")
        if mail.flow:
            return self.draw_confirmation(mail, reading, opens)
        if self.chance(opens):
            def opened():
                if self.reacts(mail, "opened") and self.chance(click):
                    later("click_delay", lambda: self.reacts(mail, "clicked"))
            later("open_delay", opened)
        if mail.marketing and self.chance(reading["unsubscribe"]):
            later("open_delay", lambda: self.leaves(mail))
        if self.chance(reading["complain"]):
            later("open_delay", lambda: self.complains(mail))

    def draw_confirmation(self, mail, reading, opens):
        """It is confirmed by the click; or opened without that, with what the chance of opening has beyond it."""
        confirm = self.behavior().get("answers", {}).get("confirm")
        confirm = opens if confirm is None else confirm
        drawn = self.random.random()
        if drawn >= max(confirm, opens):
            return

        def clicked():
            if self.reacts(mail, "clicked"):
                self.happen_by_persona("subscription_confirmed", {"topic": mail.flow.topic})

        def opened():
            if self.reacts(mail, "opened") and drawn < confirm:
                self.at(self.now + self.draw_delay(reading["click_delay"]), clicked, OUTSIDE)

        self.at(self.now + self.draw_delay(reading["open_delay"]), opened, OUTSIDE)

    def happen_by_persona(self, name, props):
        from lead import Event

        event = Event(self.now, name, {key: each for key, each in props.items() if each is not None}, True)
        if self.may_track(event):
            self.come_about(event)
        else:
            self.react(event)

    def may_track(self, event):
        """Whether an event may be recorded."""
        tracking = self.plan.tracking
        return not tracking or event.name not in tracking["events"] or Ask(self).holds(tracking["consent"])

    def reacts(self, mail, what):
        if self.is_idle():
            return False
        word = ("email_" if mail.channel == "email" else "message_") + what
        self.figures[what, mail.content] += 1
        self.happen_by_persona(word, self.props(mail))
        if what == "opened":
            self.draw_outcome(self.plan.contents[mail.content])
        return True

    def draw_outcome(self, of):
        """At most one of what may come of a step or message."""
        drawn = self.random.random()
        for outcome in of.get("outcomes", []) if self.told is None else []:
            drawn -= outcome["chance"]
            if drawn < 0:
                if Ask(self).holds(outcome["when"]):
                    self.at(self.now + self.draw_delay(outcome["delay"]), lambda: self.do(outcome), OUTSIDE)
                return

    def leaves(self, mail):
        """Who would unsubscribe may choose something else instead, where that is offered."""
        if self.is_idle():
            return
        key = "email" if mail.channel == "email" else "message"
        answers, offered = self.behavior().get("answers", {}), self.permission().get("preferences") or {}
        drawn = self.random.random()
        for choice, is_offered in (("pause", offered.get("pause_secs")), ("fewer", offered.get("fewer"))):
            drawn -= answers.get(choice, 0) if is_offered else 0
            if drawn < 0:
                self.happen_by_persona("preferences_changed", {"choice": choice, key: mail.content})
                return
        policy = self.permission().get("unsubscribe")
        by_button = self.chance(answers.get("one_click", 0))
        ends_all = policy and policy["one_click_ends_all" if by_button else "link_ends_all"]
        self.figures["unsubscribed", mail.content] += 1
        self.measure_mail(mail, "unsubscribed")
        self.happen_by_persona("unsubscribed", {"topic": None if ends_all else mail.topic, key: mail.content})

    def complains(self, mail):
        if not self.is_idle():
            self.figures["complained", mail.content] += 1
            key = "email" if mail.channel == "email" else "message"
            self.happen_by_persona("complained", {"topic": mail.topic, key: mail.content})

    # What personas do besides

    def begin_habits(self):
        for item in self.habits:
            self.cancel(item)
        self.habits = []
        if self.told is not None or not self.persona:
            return
        for does in self.behavior()["does"]:
            if "rate" in does["cause"]:
                self.next_habit(does)

    def next_habit(self, does):
        gap = self.random.expovariate(1) / does["cause"]["rate"]["per_sec"]

        def comes():
            self.next_habit(does)
            if not self.is_idle() and Ask(self).holds(does["when"]):
                self.do(does)

        self.habits.append(self.at(self.now + max(1, round(gap)), comes, OUTSIDE))

    def do(self, does):
        self.happen_by_persona(does["event"], {name: value(each) for name, each in does["with"].items()})

    def react(self, event):
        """What the persona will do because of an event is drawn in its cascade."""
        if self.told is not None or not self.persona or not event:
            return
        for does in self.behavior()["does"]:
            cause = does["cause"].get("after")
            if not cause or cause["event"] != event.name or not Ask(self, event.props).holds(cause["filter"]):
                continue
            if self.is_idle() or not Ask(self).holds(does["when"]) or not self.chance(cause["chance"]):
                continue
            delay = self.draw_delay(cause["delay"]) if cause.get("delay") else self.random.randint(1, cause["within_secs"])
            self.at(self.now + delay, lambda does=does: self.do(does), OUTSIDE)
