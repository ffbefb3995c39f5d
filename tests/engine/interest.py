"""Interest: what becomes of leads that show none for long, and what leads choose instead of leaving."""

import clock
from conditions import Date

LEVELS = ["active", "sleeping", "sunset"]


class Interest:
    def sunset_policy(self):
        return self.permission().get("sunset")

    def permission(self):
        return self.plan.policies.get("permission", {})

    def instant_of(self, field):
        """When a field says that something happened: of a date, its midnight on the lead's clock."""
        of = self.fields.get(field) if field else None
        if of is None:
            return None
        day = clock.date(1970, 1, 1) + clock.timedelta(days=1) * of if type(of) is Date else None
        return int(of) if day is None else clock.midnight(day, self.zone())

    def setup_interest(self):
        self.engagement, self.interest_item = "active", None
        self.paused_until, self.wants_fewer = {}, set()
        policy = self.sunset_policy()
        if not policy:
            return
        last = self.instant_of(policy["last"])
        self.interested = self.now if last is None else min(last, self.now)
        while self.loss() and self.loss()[1] <= self.now:
            self.grow_cold(self.loss()[0])
        self.await_loss()

    def loss(self):
        """What comes next without interest, and when."""
        policy = self.sunset_policy()
        if self.engagement == "active" and policy["sleeping_secs"] is not None:
            return "sleeping", self.interested + policy["sleeping_secs"]
        return None if self.engagement == "sunset" else ("sunset", self.interested + policy["after_secs"])

    def await_loss(self):
        self.cancel(self.interest_item)
        self.interest_item = self.loss() and self.at(self.loss()[1], self.lose_interest)

    def lose_interest(self):
        before = self.engagement
        self.grow_cold(self.loss()[0])
        self.await_loss()
        self.emit_change("engagement_changed", before, self.engagement)
        self.cascade()

    def grow_cold(self, to):
        policy, self.engagement = self.sunset_policy(), to
        if to == "sunset":
            if policy["list"]:
                self.lists.add(policy["list"])
            if policy["then"] == "unsubscribe":
                for topic in self.plan.marketing:
                    self.unsubscribe(topic)

    def show_interest(self, event):
        policy = self.sunset_policy()
        if not policy or event.name not in policy["without"] or self.engagement == "sunset" and not policy["wakes"]:
            return
        before, self.engagement, self.interested = self.engagement, "active", self.now
        self.await_loss()
        if before == "active":
            return
        if before == "sunset" and policy["list"]:
            self.lists.discard(policy["list"])
        self.emit_change("engagement_changed", before, "active")

    # Preferences

    def prefer(self, choice, topics):
        offered = self.permission().get("preferences") or {}
        for topic in topics:
            if choice == "pause" and offered.get("pause_secs") is not None:
                self.paused_until[topic] = self.now + offered["pause_secs"]
            elif choice == "fewer" and offered.get("fewer"):
                self.wants_fewer.add(topic)
            elif choice == "usual":
                self.paused_until.pop(topic, None)
                self.wants_fewer.discard(topic)

    def gate_interest(self, topic):
        policy = self.sunset_policy()
        if policy and policy["then"] == "suppress" and self.engagement == "sunset":
            return "sunset"
        return "paused" if self.now < self.paused_until.get(topic, self.now) else None

    def gate_own_limit(self, topic):
        if topic not in self.wants_fewer:
            return None
        limit = self.permission()["preferences"]["fewer"]
        times = [mail.at for mail in self.mails if mail.topic in self.wants_fewer]
        return "own-limit" if len(clock.in_window(limit["per"], times, self.now, self.zone())) >= limit["count"] else None
