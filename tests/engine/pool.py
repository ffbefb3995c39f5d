"""Leads that share the quotas of senders: they take turns in the order of time."""

import heapq


def run(leads):
    """Runs leads together, to the end of each. They are in the order of their ids."""
    spent, turns = {}, []
    for number, lead in enumerate(leads):
        lead.spent = spent
        if lead.comes_in() < lead.end:
            turns.append((lead.comes_in(), lead.comes_in(), number))
    heapq.heapify(turns)
    began = set()
    while turns:
        number = heapq.heappop(turns)[2]
        lead = leads[number]
        if number not in began:
            began.add(number)
            lead.start_run()
        lead.turn()
        turn = lead.next_turn()
        if turn:
            heapq.heappush(turns, (*turn, number))
        else:
            lead.finish()
