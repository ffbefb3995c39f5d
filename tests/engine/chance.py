"""Chance: numbers by keys, as docs/semantics.md tells them. The hashes of texts are asked from the test, which has XXH3-64;
all else is worked out here."""

import json
import math
import sys
from functools import lru_cache
from statistics import NormalDist

GOLDEN, MASK = 0x9E3779B97F4A7C15, (1 << 64) - 1

# What is drawn of one mail.
(HARD, SOFT, OPEN, OPEN_DELAY, CLICK, CLICK_DELAY, UNSUBSCRIBE, UNSUBSCRIBE_DELAY, COMPLAIN, COMPLAIN_DELAY, PREFERENCE,
 ONE_CLICK) = range(1, 13)
UNDER_WAY = 20

# The numbers of a mail's events begin with what became of it.
MARKS = dict(sent=1, delivered=2, bounced=3, opened=4, clicked=5, unsubscribed=6, complained=7, preferred=8)


@lru_cache(maxsize=None)
def hash_of(text):
    print(json.dumps({"hash": text}), flush=True)
    return int(sys.stdin.readline())


def mix(value):
    value = (value ^ value >> 30) * 0xBF58476D1CE4E5B9 & MASK
    value = (value ^ value >> 27) * 0x94D049BB133111EB & MASK
    return value ^ value >> 31


def join(left, right):
    return mix(mix(left + GOLDEN & MASK) + right + GOLDEN & MASK)


@lru_cache(maxsize=None)
def key(*words):
    out = len(words)
    for word in words:
        out = join(out, hash_of(word))
    return out


class Keyed:
    """The numbers of one lead."""

    def __init__(self, seed, id):
        self.lead = join(seed, hash_of(id))

    def draw(self, name, occurrence):
        return (join(join(self.lead, name), occurrence) >> 11) / (1 << 53)


class Free:
    """Numbers without keys, for engines that agree on average alone."""

    def __init__(self, random):
        self.random, self.drawn = random, {}

    def draw(self, name, occurrence):
        return self.drawn.setdefault((name, occurrence), self.random.random())


def delay(of, drawn):
    """Whole seconds, at least one."""
    if "mean_secs" in of:
        secs = -math.log(1 - drawn) * of["mean_secs"]
    else:
        median, p90 = max(of["median_secs"], 1), of["p90_secs"]
        spread = math.log(max(p90 / median, 1)) / NormalDist().inv_cdf(0.9)
        secs = median * math.exp(spread * NormalDist().inv_cdf(max(drawn, 1e-300)))
    return max(1, math.floor(secs + 0.5))


def rendezvous(arms):
    """The best of some, each with its weight and its number."""
    costs = [(-math.log(1 - drawn) / weight, number) for number, (weight, drawn) in enumerate(arms) if weight > 0]
    return min(costs)[1] if costs else None
