"""Sending: gates, holding, competition, deliveries and what a timeline tells of them."""

import clock
from conditions import value
from measures import micros

USUAL_ADDRESS = {
    "email": ["email"], "sms": ["phone"], "call": ["phone"], "line": ["line_id"], "push": ["push_token"], "web": [],
    "post": ["postal_address"],
}
QUIET_CHANNELS = {"email", "sms", "line", "push", "call"}
HOUR = 3_600
WEB_EXPIRES = 30 * clock.DAY
ENDS = {"email_bounced", "email_delivered", "message_failed", "message_delivered"}
BOUNCES = {"email_bounced", "message_failed"}
REACTIONS = {"email_opened", "email_clicked", "message_opened", "message_clicked"}


class Asked:
    """A mail that a step or a request for a confirmation asks for."""

    def __init__(self, lead, content, stay, step, flow, place, max_hold):
        self.content, self.stay, self.step, self.flow, self.place = content, stay, step, flow, place
        self.asked, self.until, self.number = lead.now, lead.now + max_hold, next(lead.numbers)
        self.due, self.item, self.expires, self.queued = None, None, False, False
        self.by = (stay.journey.name, step["id"]) if stay else flow.by()
        self.run = lead.runs[self.by]

    def standing(self):
        return (0, 0, self.number) if self.flow else (1, -self.stay.journey.priority, self.number)

    def where(self):
        return f"{self.stay.journey.name}.{self.step['id']}" if self.stay else self.flow.where()


class Mail:
    """A mail that was sent."""

    def __init__(self, at, content, channel, topic, marketing, asked=None):
        self.at, self.content, self.channel, self.topic, self.marketing = at, content, channel, topic, marketing
        self.journey = asked.stay.journey.name if asked and asked.stay else None
        self.step = asked.step["id"] if asked and asked.stay else None
        self.flow, self.marks, self.members, self.persona = asked.flow if asked else None, set(), set(), None
        self.by, self.run = (asked.by, asked.run) if asked else (None, None)


class Sending:
    def setup_sending(self):
        self.bad, self.in_a_row, self.shown, self.spent = set(), {}, [], {}

    def channel(self, content):
        return self.plan.messages[content]["channel"] if content in self.plan.messages else "email"

    def settings(self, channel):
        return self.plan.channels.get(channel)

    def address(self, channel):
        settings = self.settings(channel)
        return settings["address"] if settings else USUAL_ADDRESS[channel]

    def change_addresses(self, changed):
        for channel in USUAL_ADDRESS:
            if changed & set(self.address(channel)):
                self.bad.discard(channel)
                self.in_a_row[channel] = 0

    # Gates

    def gate_address(self, channel):
        if any(self.fields[name] is None for name in self.address(channel)):
            return "no-address"
        return "suppressed" if channel in self.bad else None

    def gates(self, asked):
        """`(reason, None)`, `(None, until)`, or `(None, None)` if all are open."""
        content = self.plan.contents[asked.content]
        channel, topic = self.channel(asked.content), content["topic"]
        marketing = topic in self.plan.marketing
        reason = self.gate_address(channel)
        if reason:
            return reason, None
        reason = marketing and self.gate_permission(topic)
        if reason:
            return reason, None
        times = [mail.at for mail in self.mails if mail.content == asked.content]
        repeat = content["repeat"]
        if times and (repeat == "never" or isinstance(repeat, dict) and self.now - times[-1] < repeat["after_secs"]):
            return "repeat", None
        settings = self.settings(channel)
        hours = settings and settings["quiet_hours"] or self.plan.policies["quiet_hours"]
        if marketing and hours and channel in QUIET_CHANNELS:
            until = clock.quiet_until(hours, self.now, self.zone(hours["lead_time"]), self.plan_calendars())
            if until > self.now:
                return None, until
        reason, until = self.gate_frequency(channel, topic, marketing, settings)
        return (reason, until) if reason or until is not None else self.gate_quota(asked, marketing)

    def gate_frequency(self, channel, topic, marketing, settings):
        for rule in self.plan.policies["frequency"] + (settings["frequency"] if settings else []):
            if channel not in rule["channels"] or not counts(rule["counts"], topic, marketing):
                continue
            mails = [mail for mail in self.mails if mail.channel in rule["channels"]]
            times = [mail.at for mail in mails if counts(rule["counts"], mail.topic, mail.marketing)]
            zone = self.zone(rule["lead_time"])
            if len(clock.in_window(rule["per"], times, self.now, zone)) < rule["at_most"]:
                continue
            if not rule["delay"]:
                return "capped", None
            if isinstance(rule["per"], dict):
                return None, times[-rule["at_most"]] + rule["per"]["rolling_secs"]
            return None, clock.window_begins(rule["per"], self.now, zone)[1]
        return (self.gate_own_limit(topic) if marketing else None), None

    # Quotas

    def quota_of(self, content):
        email = self.plan.emails.get(content)
        return email and self.plan.senders[email["sender"]].get("quota")

    def rates(self, quota, day):
        """The numbers of a day, the smaller of both: a day, an hour."""
        always, warmup = quota.get("always", {}), quota.get("warmup")
        own = {}
        if warmup:
            days = {each["date"]: each for each in warmup["days"]}
            own = days.get(str(day)) or ({"per_day": 0} if str(day) < min(days) else warmup["after"])
        numbers = lambda name: [each[name] for each in (always, own) if each.get(name) is not None]
        return [min(numbers(name), default=None) for name in ("per_day", "per_hour")]

    def gate_quota(self, asked, marketing):
        quota = self.quota_of(asked.content)
        if not quota:
            return None, None
        if not asked.queued:
            asked.queued = True
            self.count_quota(asked, "asked")
        zone, day = self.plan.zone, clock.local(self.now, self.plan.zone).date()
        midnight = clock.midnight(day, zone)
        hour = midnight + (self.now - midnight) // HOUR * HOUR
        per_day, per_hour = self.rates(quota, day)
        sender = self.plan.emails[asked.content]["sender"]
        since = lambda at: sum(each >= at for each in self.spent.get(sender, []))
        next_day = day + clock.timedelta(days=1)
        if per_day is not None and since(midnight) >= per_day:
            while self.rates(quota, next_day)[0] == 0 and clock.midnight(next_day, zone) < self.end:
                next_day += clock.timedelta(days=1)
            until = clock.midnight(next_day, zone)
        elif per_hour is not None and since(hour) >= per_hour:
            until = min(hour + HOUR, clock.midnight(next_day, zone))
        else:
            return None, None
        if not marketing:
            self.count_quota(asked, "beyond")
            return None, None
        return ("quota", None) if quota["skip"] else (None, until)

    def count_quota(self, asked, what):
        day = clock.local(self.now, self.plan.zone).date()
        self.sums[f"quota {self.plan.emails[asked.content]['sender']} {day} {what}"] += 1

    # Asking and holding

    def ask(self, asked):
        """Whether it is sent or given up by now."""
        rivals = [other for other in self.held if other.due == self.now and not other.expires]
        if any(other.standing() < asked.standing() for other in rivals):
            self.keep(asked, self.now)
            return False
        return self.attempt(asked)

    def attempt(self, asked):
        reason, until = ("expired", None) if asked.expires else self.gates(asked)
        if reason:
            self.skip(asked, reason)
            return True
        if until is None:
            self.send(asked)
            return True
        asked.expires = until > asked.until
        if asked.expires and asked.until <= self.now:
            self.skip(asked, "expired")
            return True
        self.hold(asked, min(until, asked.until))
        return False

    def hold(self, asked, due):
        self.note("held", asked.where(), asked.content)
        self.keep(asked, due)

    def keep(self, asked, due):
        asked.due = due
        asked.item = self.at(due, self.round, place=asked.place, since=asked.asked)
        self.held.append(asked)

    def round(self):
        """All held mails that are due now go together."""
        self.cascade(then=self.take_turns)

    def take_turns(self):
        while True:
            due = sorted((each for each in self.held if each.due == self.now), key=Asked.standing)
            if not due:
                return
            asked = due[0]
            self.release(asked)
            if self.attempt(asked):
                self.went(asked)

    def went(self, asked):
        if asked.flow:
            asked.flow.went(asked)
        else:
            asked.stay.mail = None
            self.go(asked.stay, asked.step["next"])

    def release(self, asked):
        self.held.remove(asked)
        self.cancel(asked.item)
        asked.due = None

    def withdraw(self, asked):
        if asked and asked in self.held:
            self.release(asked)
            self.skip(asked, "exited")

    def do_send(self, stay, step, of):
        from lead import WAITS

        max_hold = of["max_hold_secs"] or self.plan.policies["max_hold_secs"]
        asked = Asked(self, of["content"], stay, step, None, self.place(stay, step), max_hold)
        if self.ask(asked):
            return step["next"]
        stay.mail = asked
        return WAITS

    def skip(self, asked, reason):
        self.note("skipped", asked.where(), asked.content, reason)
        self.sums[f"content {asked.content} skipped {reason}"] += 1
        if asked.queued:
            self.count_quota(asked, {"expired": "expired", "quota": "skipped"}.get(reason, "dropped"))
        self.figures["skipped", asked.content, reason] += 1

    # Sending and delivering

    def remember(self, content, asked=None):
        topic = self.plan.contents[content]["topic"]
        mail = Mail(self.now, content, self.channel(content), topic, topic in self.plan.marketing, asked)
        mail.is_past, mail.members, mail.persona = not self.running, set(self.segments), self.persona_name()
        self.mails.append(mail)
        return mail

    def props(self, mail, **more):
        if mail.channel == "email":
            props = {"email": mail.content}
        else:
            props = {"message": mail.content, "channel": mail.channel}
        return {**props, "topic": mail.topic, "journey": mail.journey, "step": mail.step, **more}

    def happens_to(self, mail, what, **more):
        """`sent`, `delivered`, `opened` and so on."""
        self.emit(word(mail.channel, what), self.number_of(mail, what), **self.props(mail, **more))

    def send(self, asked):
        self.note("sent", asked.where(), asked.content)
        mail = self.remember(asked.content, asked)
        if self.quota_of(asked.content):
            self.spent.setdefault(self.plan.emails[asked.content]["sender"], []).append(self.now)
            self.count_quota(asked, "sent")
        self.sums[f"content {asked.content} sent"] += 1
        segments = self.plan.messages.get(asked.content, {}).get("segments") or 1
        cost = segments * micros((self.settings(mail.channel) or {}).get("cost"))
        self.pay("channels", mail.channel, cost, mail.journey)
        self.figures["sent", asked.content] += 1
        self.happens_to(mail, "sent")
        if mail.channel == "web":
            self.shown.append(mail)
            settings = self.settings("web")
            expires = settings["expires_secs"] if settings else WEB_EXPIRES
            mail.item = self.at(self.now + expires, lambda: self.expire(mail), 1)
        elif self.told is None:
            self.draw_delivery(mail)
        else:
            self.deliver_as_told(mail)

    def visit(self):
        """The event that is a visit."""
        settings = self.settings("web")
        return settings and settings["visit"]

    def expire(self, mail):
        self.shown.remove(mail)
        self.ends(mail, "bounced", "expired")

    def show(self):
        """Messages by `web`, at a visit."""
        shown, self.shown = self.shown, []
        for mail in shown:
            self.cancel(mail.item)
            self.deliver_as_told(mail) if self.told is not None else self.attempt_delivery(mail, 0)

    def persona_name(self):
        return self.persona["name"] if self.persona else None

    def ends(self, mail, what, kind=None):
        self.measure_mail(mail, what)
        if what == "delivered":
            mail.persona = self.persona_name()
        name = word(mail.channel, what)
        self.hear_of_address(mail.channel, name, kind)
        kind = {"kind": kind} if what == "bounced" else {}
        self.emit(name, self.number_of(mail, what), **self.props(mail, **kind))

    def hear_of_address(self, channel, name, kind):
        if name in ("email_delivered", "message_delivered"):
            self.in_a_row[channel] = 0
            return
        if kind == "expired":
            return
        self.in_a_row[channel] = self.in_a_row.get(channel, 0) + 1
        policies = self.plan.policies
        is_for_good = kind in ("hard", "invalid", None) and (policies["hard_suppress"] or channel != "email")
        after = policies["soft_suppress_after"] if channel == "email" else None
        if is_for_good or after and self.in_a_row[channel] >= after:
            self.bad.add(channel)

    # Told

    def deliver_as_told(self, mail):
        """A mail is delivered at once, unless the first thing told about it is a bounce."""
        names = ENDS | REACTIONS
        for each in self.told:
            with_ = each["with"]
            about = value(with_.get("email") or with_.get("message"))
            if each["at_secs"] < self.now or each["event"] not in names or about != mail.content:
                continue
            if each.get("met") or each.get("done") and each["event"] in REACTIONS or any(
                name in with_ and value(with_[name]) != own for name, own in (("journey", mail.journey), ("step", mail.step))
            ):
                continue
            if each["event"] in ENDS:
                each["met"] = mail
            if each["event"] in BOUNCES:
                if each["at_secs"] == self.now:
                    each["done"] = True
                    self.ends(mail, "bounced", kind_of(mail.channel, value(with_.get("kind"))))
                return
            break
        self.ends(mail, "delivered")

    def happen(self, each):
        """What a timeline tells happens in its second."""
        from lead import MADE_BY_RUNS, Event

        name, props = each["event"], {name: value(of) for name, of in each["with"].items()}
        if each.get("done"):
            return
        if name in BOUNCES and not each.get("met") and not each.get("late"):
            # Behind all that may send a mail in this second.
            each["late"] = True
            self.at(self.now, lambda: self.happen(each), 4)
            return
        each["done"] = True
        if name in MADE_BY_RUNS:
            self.figures["left out"] += 1
            return
        content = props.get("email") or props.get("message")
        if name in BOUNCES:
            each["met"] = each.get("met") or True
            mail = each["met"] if each["met"] is not True else None
            self.hear_of_address(mail.channel if mail else self.channel(content), name, props.get("kind"))
            if mail:
                self.measure_mail(mail, "bounced")
                props = present(self.props(mail, kind=kind_of(mail.channel, props.get("kind"))))
            else:
                if not any(mail.content == content for mail in self.mails):
                    self.note("unmatched", name, content)
                props = {"topic": self.plan.contents[content]["topic"], **props}
        elif name in REACTIONS or name in ("unsubscribed", "complained") and self.is_about(content, props):
            mail = self.mail_of(content, props)
            if mail is None:
                self.note("unmatched", name, content)
            else:
                self.measure_mail(mail, name.split("_")[-1])
            if mail and name in REACTIONS and not mail.is_past:
                props = present(self.props(mail))
            props = self.with_topic(name, content, props)
        event = Event(self.now, name, props, each["number"], not each.get("late"))
        if self.may_track(event) and self.completed(event):
            self.note_event(event)
            self.cascade(event)

    def with_topic(self, name, content, props):
        """What is told of an email is about its topic."""
        topic = self.plan.topics.get(self.plan.contents.get(content, {}).get("topic"), {})
        stays = self.may_leave_all() or topic.get("consent") == "transactional"
        is_about_all = name == "preferences_changed" or name == "unsubscribed" and stays
        if content not in self.plan.contents or "topic" in props or is_about_all:
            return props
        return {**props, "topic": self.plan.contents[content]["topic"]}

    def is_about(self, content, props):
        """Whether a topic is left by a mail about it."""
        return content and props.get("topic") in (None, self.plan.contents[content]["topic"])

    def mail_of(self, content, props):
        mails = [mail for mail in self.mails if mail.content == content]
        mails = [mail for mail in mails if not mail.is_past] or mails
        named = [mail for mail in mails if all(
            getattr(mail, name) == props[name] for name in ("journey", "step") if name in props
        )]
        return (named or mails or [None])[-1]


def present(props):
    return {name: each for name, each in props.items() if each is not None}


def kind_of(channel, told):
    """A failure is for good, or for now."""
    for_good, for_now = ("hard", "soft") if channel == "email" else ("invalid", "failed")
    return for_good if told in (None, for_good) else for_now


def word(channel, what):
    if channel == "email":
        return "email_" + what
    return "message_" + {"bounced": "failed"}.get(what, what)


def counts(which, topic, marketing):
    return which == "all" or which == "marketing" and marketing or which == {"topic": topic}
