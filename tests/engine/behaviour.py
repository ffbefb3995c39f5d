"""What personas do, where no timeline tells it."""

import math
from collections import Counter

import chance
import clock
from chance import MARKS, join, key
from conditions import Ask, value

HOUR = 3600
OUTSIDE = 1


class Behaviour:
    def setup_behaviour(self):
        self.habits, self.gaps, self.runs, self.changes = [], Counter(), Counter(), Counter()

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

    def draw_arm(self, stay, step, arms):
        name = lambda arm: key("arm", stay.journey.name, step, arm["name"])
        drawn = [(arm["weight"], self.draw(name(arm), stay.entered)) for arm in arms]
        return arms[chance.rendezvous(drawn)]["name"]

    # Deliveries

    def reading(self, channel):
        """How the persona of this moment takes mails, or messages of a channel."""
        behavior = self.behavior()
        if behavior is None:
            return None
        if channel == "email":
            return {**behavior, "fail": behavior["soft_bounce"], "invalid": behavior["hard_bounce"]}
        return (behavior.get("messages") or {}).get(channel)

    def draw_of(self, mail, what, attempt=0):
        return self.draw(join(key("step", *mail.by), what), join(mail.run, attempt))

    def draw_delivery(self, mail):
        settings = self.settings(mail.channel)
        under_way = settings and settings["delivery"]
        if under_way:
            takes = chance.delay(under_way, self.draw_of(mail, chance.UNDER_WAY))
            self.at(self.now + takes, lambda: self.attempt_delivery(mail, 0), OUTSIDE)
        else:
            self.attempt_delivery(mail, 0)

    def attempt_delivery(self, mail, tries):
        reading = self.reading(mail.channel)
        self.sums[f"content {mail.content} retries"] += tries > 0
        if reading and self.draw_of(mail, chance.HARD, tries) < reading["invalid"]:
            return self.ends(mail, "bounced", "hard" if mail.channel == "email" else "invalid")
        if reading and self.draw_of(mail, chance.SOFT, tries) < reading["fail"]:
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
        since = self.now - fatigue["window_secs"]
        before = self.mails[: self.mails.index(mail)]
        count = sum(each.at > since and each.channel == mail.channel for each in before)
        return factor * (1 - fatigue["loss"]) ** count

    def draw_reactions(self, mail, reading):
        """All is drawn when it is delivered, and set in this order."""
        behavior = mail.behavior = self.behavior()
        opens, click = reading["open"] * self.factor(mail, "open"), reading["click"] * self.factor(mail, "click")
        if self.is_at_best_time():
            opens *= 1 if behavior.get("in_best_time") is None else behavior["in_best_time"]
        happens = lambda what, likely: self.draw_of(mail, what) < likely
        moment = lambda what, name="open_delay": self.now + chance.delay(reading[name], self.draw_of(mail, what))
        follows = click
        if mail.flow:
            confirm = behavior.get("answers", {}).get("confirm")
            follows = opens if confirm is None else confirm
            opens = max(opens, follows)
        if happens(chance.OPEN, opens):
            at = moment(chance.OPEN_DELAY)
            self.at(at, lambda: self.reacts(mail, "opened"), OUTSIDE)
            if happens(chance.OPEN if mail.flow else chance.CLICK, follows):
                at += chance.delay(reading["click_delay"], self.draw_of(mail, chance.CLICK_DELAY))
                self.at(at, lambda: "opened" in mail.marks and self.reacts(mail, "clicked"), OUTSIDE)
                if mail.flow:
                    self.at(at, lambda: "clicked" in mail.marks and self.confirms(mail.flow.topic), OUTSIDE)
        if mail.marketing and happens(chance.UNSUBSCRIBE, reading["unsubscribe"]):
            self.at(moment(chance.UNSUBSCRIBE_DELAY), lambda: self.leaves(mail), OUTSIDE)
        if happens(chance.COMPLAIN, reading["complain"]):
            self.at(moment(chance.COMPLAIN_DELAY), lambda: self.complains(mail), OUTSIDE)

    def confirms(self, topic):
        """A link is good only as long as there is something to confirm."""
        if self.topics[topic].standing == "pending":
            self.emit("subscription_confirmed", self.number_about(topic, 1), topic=topic)

    def number_about(self, topic, what):
        return join(key("topic", topic), join(what, self.now))

    def number_of(self, mail, what):
        return join(join(key("step", *mail.by), mail.run), MARKS[what])

    def happen_by_persona(self, name, props, number):
        event = self.event(name, props, number)
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
            return
        word = ("email_" if mail.channel == "email" else "message_") + what
        self.measure_mail(mail, what)
        self.happen_by_persona(word, self.props(mail), self.number_of(mail, what))
        if what == "opened":
            self.draw_outcome(self.plan.contents[mail.content], mail.by, mail.run)

    def draw_outcome(self, of, by, run):
        """At most one of what may come of a step or message: each by its part of what is left."""
        left, ordinals = 1.0, Counter()
        for outcome in of.get("outcomes", []) if self.told is None else []:
            words = (*by, outcome["event"], str(ordinals[outcome["event"]]))
            ordinals[outcome["event"]] += 1
            name, likely, left_before = key("outcome", *words), outcome["chance"], left
            left -= likely
            if likely == 0 or left > 1e-12 and self.draw(name, run) >= likely / left_before:
                continue
            if Ask(self).holds(outcome["when"]):
                at = self.now + chance.delay(outcome["delay"], self.draw(key("outcome-time", *words), run))
                comes = lambda: self.come_about(self.made(outcome, join(name, run)))
                self.at(at, comes, OUTSIDE)
            return

    def leaves(self, mail):
        """Who would unsubscribe may choose something else instead, where that is offered."""
        if self.is_idle():
            return
        about = {"email" if mail.channel == "email" else "message": mail.content}
        answers, offered = mail.behavior.get("answers", {}), self.permission().get("preferences") or {}
        drawn = self.draw_of(mail, chance.PREFERENCE)
        for choice, is_offered in (("pause", offered.get("pause_secs")), ("fewer", offered.get("fewer"))):
            drawn -= answers.get(choice, 0) if is_offered else 0
            if drawn < 0:
                number = self.number_of(mail, "preferred")
                return self.happen_by_persona("preferences_changed", {"choice": choice, **about}, number)
        policy = self.permission().get("unsubscribe")
        by_button = self.draw_of(mail, chance.ONE_CLICK) < answers.get("one_click", 0)
        ends_all = policy and policy["one_click_ends_all" if by_button else "link_ends_all"]
        self.measure_mail(mail, "unsubscribed")
        props = {"topic": None if ends_all else mail.topic, **about}
        self.happen_by_persona("unsubscribed", props, self.number_of(mail, "unsubscribed"))

    def complains(self, mail):
        if not self.is_idle():
            self.measure_mail(mail, "complained")
            props = {"topic": mail.topic, "email" if mail.channel == "email" else "message": mail.content}
            self.happen_by_persona("complained", props, self.number_of(mail, "complained"))

    # What personas do besides

    def all_does(self):
        """What the persona does, each with its words: of equal events, which."""
        ordinals = Counter()
        for does in self.behavior()["does"]:
            words = (self.persona["name"], does["event"], str(ordinals[does["event"]]))
            ordinals[does["event"]] += 1
            yield does, words

    def begin_habits(self):
        for item in self.habits:
            self.cancel(item)
        self.habits = []
        if self.told is not None or not self.persona:
            return
        for does, words in self.all_does():
            if "rate" in does["cause"]:
                self.next_habit(does, words, self.now)

    def next_habit(self, does, words, last):
        """The gaps are added up as they are; a moment is the second that it falls into the end of."""
        name, rate = key("does", *words), does["cause"]["rate"]["per_sec"]
        when = last - math.log(1 - self.draw(name, self.gaps[words])) / rate if rate else math.inf
        self.gaps[words] += 1
        number = join(name, self.gaps[words])

        def comes():
            self.next_habit(does, words, when)
            if not self.is_idle() and Ask(self).holds(does["when"]):
                self.do(does, number)

        if when < self.end:
            self.habits.append(self.at(math.ceil(when), comes, OUTSIDE))

    def do(self, does, number):
        event = self.made(does, number)
        self.happen_by_persona(event.name, event.props, number)

    def react(self, event):
        """What the persona will do because of an event is drawn in its cascade."""
        if self.told is not None or not self.persona or not event:
            return
        for does, words in self.all_does():
            cause, ask = does["cause"].get("after"), Ask(self, event.props)
            if not cause or cause["event"] != event.name or not ask.holds(cause["filter"]) or not ask.holds(does["when"]):
                continue
            name, part = key("does", *words), self.draw(key("does-time", *words), event.number)
            if self.draw(name, event.number) >= cause["chance"]:
                continue
            takes = chance.delay(cause["delay"], part) if cause.get("delay") else 1 + int(part * cause["within_secs"])
            number = join(name, event.number)
            self.at(self.now + takes, lambda does=does, number=number: self.is_idle() or self.do(does, number), OUTSIDE)
