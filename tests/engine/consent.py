"""Consent: where a lead stands with topics, and requests for confirmations."""

import clock
from conditions import Ask
from sending import Asked

IMPLIED, SUBSCRIBED, CONFIRMED = 1, 2, 3
NEEDS = {"opt_out": IMPLIED, "opt_in": SUBSCRIBED, "double_opt_in": CONFIRMED}


class Topic:
    """Where a lead stands: `in`, `pending` or `out`; by how strong an agreement, and since when."""

    def __init__(self, standing, strength, since):
        self.standing, self.strength, self.since, self.flow = standing, strength, since, None


class Flow:
    """A request for a confirmation."""

    def __init__(self, lead, topic, confirmation):
        self.lead, self.topic, self.of, self.asked, self.is_over, self.times = lead, topic, confirmation, None, False, 0
        since = lead.topics[topic].since
        self.items = [lead.at(max(since + confirmation["within_secs"], lead.now), self.lapse)]

    def where(self):
        return f"{self.topic}:confirmation.{'remind' if self.times == 2 else 'ask'}"

    def ask(self, email):
        if self.is_over:
            return
        self.times += 1
        lead = self.lead
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
        self.lead.withdraw(self.asked)

    def lapse(self):
        self.lead.emit("subscription_expired", topic=self.topic)
        self.lead.leave_topic(self.topic)
        self.lead.cascade()


class Consent:
    def setup_consent(self):
        self.topics, self.file_says = {}, {}
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
            self.topics[name] = Topic(standing, strength if standing == "in" else 0, since)
            if given and subscribed is None:
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

    def needs(self, name):
        return NEEDS[self.plan.topics[name]["consent"]]

    def may_mail(self, name):
        if name not in self.topics:
            return True
        topic = self.topics[name]
        return not self.complained and topic.standing == "in" and topic.strength >= self.needs(name)

    def days_since_consent(self, name):
        if name not in self.topics or not self.may_mail(name):
            return None
        return (self.now - self.topics[name].since) // clock.DAY

    def change_subscriptions(self, event):
        topic = event.props.get("topic")
        topics = [topic] if topic else self.plan.marketing
        if event.name == "subscribed" and topic:
            self.subscribe(topic)
        elif event.name == "subscription_confirmed":
            for each in topics:
                if each in self.topics and self.topics[each].standing == "pending":
                    self.stand(each, "in", CONFIRMED)
        elif event.name == "unsubscribed":
            for each in topics:
                self.unsubscribe(each)
        elif event.name == "preferences_changed":
            for each in topics:
                if event.props.get("choice") == "in" and topic:
                    self.subscribe(each)
                elif event.props.get("choice") == "out":
                    self.unsubscribe(each)
        elif event.name == "complained":
            self.complained = True
            for each in self.plan.marketing:
                self.unsubscribe(each)

    def stand(self, name, standing, strength):
        topic = self.topics[name]
        if topic.flow:
            topic.flow.end()
        self.topics[name] = Topic(standing, strength, self.now)

    def subscribe(self, name):
        if name not in self.topics:
            return
        topic = self.topics[name]
        if self.needs(name) < CONFIRMED:
            if topic.standing != "in" or topic.strength < SUBSCRIBED:
                self.stand(name, "in", SUBSCRIBED)
        elif topic.standing != "in":
            self.stand(name, "pending", 0)
            confirmation = self.plan.topics[name].get("confirmation")
            if confirmation:
                flow = self.topics[name].flow = Flow(self, name, confirmation)
                self.queue.append(lambda: flow.ask(confirmation["email"]))

    def leave_topic(self, name):
        if self.topics[name].standing != "out":
            self.stand(name, "out", 0)

    def unsubscribe(self, name):
        if name in self.topics:
            self.leave_topic(name)

    def gate_permission(self, topic):
        return None if self.may_mail(topic) else "no-consent"

    def gate_own_limit(self):
        return None

    def link_ends_all(self):
        unsubscribe = self.plan.policies.get("permission", {}).get("unsubscribe")
        return bool(unsubscribe and unsubscribe["link_ends_all"])
