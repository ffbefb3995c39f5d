"""Consent: where a lead stands with topics, and requests for confirmations."""

import clock
from conditions import Ask
from interest import Interest
from sending import Asked

IMPLIED, SUBSCRIBED, CONFIRMED = 1, 2, 3
NEEDS = {"opt_out": IMPLIED, "opt_in": SUBSCRIBED, "double_opt_in": CONFIRMED}


class Topic:
    """Where a lead stands: `in`, `pending` or `out`; by how strong an agreement, and since when."""

    def __init__(self, standing, strength, since, left=False):
        self.standing, self.strength, self.since, self.left, self.flow = standing, strength, since, left, None


class Flow:
    """A request for a confirmation."""

    def __init__(self, lead, topic, confirmation):
        self.lead, self.topic, self.of, self.asked, self.is_over, self.times = lead, topic, confirmation, None, False, 0
        since = lead.topics[topic].since
        self.items = [lead.at(max(since + confirmation["within_secs"], lead.now), self.lapse)]

    def where(self):
        return ".".join(self.by())

    def by(self):
        return f"{self.topic}:confirmation", "remind" if self.times == 2 else "ask"

    def ask(self, email):
        if self.is_over:
            return
        self.times += 1
        lead = self.lead
        lead.runs[self.by()] += 1
        self.asked = Asked(lead, email, None, None, self, (0, 1, 0), lead.plan.policies["max_hold_secs"])
        if lead.ask(self.asked):
            self.went(self.asked)

    def went(self, asked):
        remind = self.of.get("remind")
        if self.times == 1 and remind:
            ask = lambda: self.lead.cascade(then=lambda: self.ask(remind["email"]))
            self.items.append(self.lead.at(self.lead.now + remind["after_secs"], ask, place=(0, 1, 0)))

    def end(self):
        self.is_over = True
        for item in self.items:
            self.lead.cancel(item)

    def lapse(self):
        self.lead.emit("subscription_expired", self.lead.number_about(self.topic, 2), topic=self.topic)
        self.lead.stand(self.topic, "out", 0)
        self.lead.cascade()


class Consent(Interest):
    def setup_markets(self):
        """When an event that implies consent happened last, as the leads file says."""
        self.left_all, self.implied = False, {}
        for market in self.markets():
            if market.get("implied"):
                self.implied[market["name"]] = self.instant_of(market["implied"].get("last"))
        self.market = self.find_market()

    def markets(self):
        return self.permission().get("markets", [])

    def find_market(self):
        return next((market for market in self.markets() if Ask(self).holds(market["when"])), None)

    def setup_consent(self):
        self.topics, self.file_says, self.ending = {}, {}, {}
        subscribed = self.of["settled"]["subscribed"]
        for number, (name, topic) in enumerate(sorted(self.plan.topics.items())):
            if topic["consent"] == "transactional":
                continue
            given = self.of["consents"][number] if self.of["consents"] else None
            if subscribed is not None:
                standing, strength = ("in" if name in subscribed else "out"), CONFIRMED
            elif given:
                standing, strength = given["stand"].lower(), CONFIRMED
            elif topic["granted"]:
                standing, strength = ("in" if Ask(self).holds(topic["granted"]) else "out"), CONFIRMED
            else:
                standing, strength = ("in", IMPLIED) if topic["consent"] == "opt_out" else ("out", 0)
            since = given["since_secs"] if given and subscribed is None else None
            since = self.now if since is None else since
            is_said = given and subscribed is None
            left = bool(is_said) and standing == "out"
            self.topics[name] = Topic(standing, strength if standing == "in" else 0, since, left)
            if is_said:
                self.file_says[name] = given["since_secs"]

    def put_back_consent(self):
        """Behind the past, what the leads file gives holds again."""
        file_says = self.file_says
        if file_says:
            past = self.topics
            self.setup_consent()
            self.topics = {name: (self.topics if name in file_says else past)[name] for name in past}
            for name in file_says:
                if past[name].flow:
                    past[name].flow.end()
            self.await_confirmations()

    def await_confirmations(self):
        """Who is to be confirmed when it comes in has until `within` after it was asked."""
        for name, topic in self.topics.items():
            confirmation = self.plan.topics[name].get("confirmation")
            if topic.standing == "pending" and confirmation and not topic.flow:
                topic.flow = Flow(self, name, confirmation)

    def standing_in(self):
        return [topic for topic in self.plan.marketing if self.topics[topic].standing == "in"]

    def needs(self, name):
        """The stricter of topic and market."""
        market = self.market and self.market.get("consent")
        return max(NEEDS[self.plan.topics[name]["consent"]], NEEDS[market] if market else IMPLIED)

    def may_mail(self, name):
        return name not in self.topics or not self.complained and (self.has_agreed(name) or self.is_implied(name))

    def has_agreed(self, name):
        topic = self.topics[name]
        return topic.standing == "in" and topic.strength >= self.needs(name)

    def is_implied(self, name):
        at = self.implied.get(self.market["name"]) if self.market else None
        if at is None or self.topics[name].left:
            return False
        return at <= self.now < at + self.market["implied"]["for_secs"]

    def days_since_consent(self, name):
        if name not in self.topics or self.complained or not self.has_agreed(name):
            return None
        return (self.now - self.topics[name].since) // clock.DAY

    def change_subscriptions(self, event):
        for market in self.markets():
            if market.get("implied") and market["implied"]["event"] == event.name:
                self.implied[market["name"]] = self.now
        self.show_interest(event)
        topic = event.props.get("topic")
        topics = [topic] if topic else self.plan.marketing
        if event.name == "subscribed" and topic:
            self.subscribe(topic)
        elif event.name == "subscription_confirmed":
            for each in topics:
                if each in self.topics and self.topics[each].standing == "pending":
                    self.stand(each, "in", CONFIRMED)
        elif event.name == "unsubscribed":
            self.left_all |= not topic
            for each in topics:
                self.unsubscribe(each)
        elif event.name == "preferences_changed":
            choice = event.props.get("choice")
            self.left_all |= choice == "out" and not topic
            for each in topics:
                if choice == "in" and topic:
                    self.subscribe(each)
                elif choice == "out":
                    self.unsubscribe(each)
            self.prefer(choice, [each for each in topics if each in self.topics])
        elif event.name == "complained":
            self.complained = True
            for each in self.plan.marketing:
                self.unsubscribe(each)

    def stand(self, name, standing, strength, left=False):
        flow = self.topics[name].flow
        if flow:
            flow.end()
            self.ending[name] = flow
        if standing == "pending":
            self.withdraw_request(name)
        self.topics[name] = Topic(standing, strength, self.now, left)
        if standing == "in":
            self.left_all = False

    def withdraw_request(self, name):
        flow = self.ending.pop(name, None)
        self.withdraw(flow and flow.asked)

    def subscribe(self, name, by_step=False):
        if name not in self.topics:
            return
        topic, needs = self.topics[name], self.needs(name)
        leaving = self.permission().get("unsubscribe") if self.left_all else None
        if leaving and (by_step or leaving["back"] == "never"):
            return
        if leaving and leaving["back"] == "confirming":
            needs = CONFIRMED
        if topic.standing == "in" and topic.strength >= max(needs, SUBSCRIBED):
            return
        if needs < CONFIRMED:
            self.stand(name, "in", SUBSCRIBED)
        else:
            self.stand(name, "pending", 0)
            confirmation = self.plan.topics[name].get("confirmation")
            if confirmation:
                flow = self.topics[name].flow = Flow(self, name, confirmation)
                self.queue.append(lambda: flow.ask(confirmation["email"]))

    def unsubscribe(self, name):
        topic = self.topics.get(name)
        if topic and (topic.standing != "out" or not topic.left):
            self.stand(name, "out", 0, left=True)

    def gate_permission(self, topic):
        return self.gate_interest(topic) if self.may_mail(topic) else "no-consent"

    def may_leave_all(self):
        """Whether a mail can make a lead leave all marketing."""
        policy = self.permission().get("unsubscribe")
        return bool(policy and (policy["link_ends_all"] or policy["one_click_ends_all"]))
