"""Local time, as docs/semantics.md tells it: moments, windows, quiet hours, working days.

Instants are whole seconds since 1970. Every function that looks at a clock is given the zone."""

from datetime import date, datetime, time, timedelta, timezone
from functools import lru_cache
from zoneinfo import ZoneInfo

EPOCH = date(1970, 1, 1)
DAY = 86_400


@lru_cache(maxsize=None)
def zone(name):
    return ZoneInfo(name)


@lru_cache(maxsize=100_000)
def offset(at, tz):
    """What clocks are ahead of UTC by at an instant."""
    return int(datetime.fromtimestamp(at, tz).utcoffset().total_seconds())


def local(at, tz):
    return datetime.fromtimestamp(at, timezone.utc).replace(tzinfo=None) + timedelta(seconds=offset(at, tz))


@lru_cache(maxsize=100_000)
def instant(naive, tz):
    """The first of two, and the first instant after a gap."""
    utc = (naive - datetime(1970, 1, 1)) // timedelta(seconds=1)
    before, after = offset(utc - DAY, tz), offset(utc + DAY, tz)
    fitting = [utc - by for by in (before, after) if offset(utc - by, tz) == by]
    if fitting:
        return min(fitting)
    early, late = utc - max(before, after), utc - min(before, after)
    while late - early > 1:
        middle = (early + late) // 2
        early, late = (early, middle) if offset(middle, tz) == after else (middle, late)
    return late


def on_day(day, minute, tz):
    return instant(datetime.combine(day, time()) + timedelta(minutes=minute), tz)


def midnight(day, tz):
    return on_day(day, 0, tz)


def days_of(day):
    return (day - EPOCH).days


def day_of(days):
    return EPOCH + timedelta(days=days)


def is_worked(calendar, day):
    return day.isoweekday() in calendar["work"] and day.isoformat() not in calendar["days"]


def business_days(at, count, calendar, tz):
    """At the same local time on the so-manieth working day after the local date."""
    now = local(at, tz)
    day = now.date()
    while count:
        day += timedelta(days=1)
        count -= is_worked(calendar, day)
    return instant(datetime.combine(day, now.time()), tz)


def comes_on(moment, day, calendars):
    """Whether a moment comes on a day, and at which minute."""
    (kind, what), = moment.items()
    if kind == "daily":
        fits = True
    elif kind == "weekly":
        fits = day.isoweekday() in what["weekdays"]
    elif kind == "monthly":
        fits = day.day == what["day"]
    else:
        calendar = calendars[what["calendar"]]
        first = day.replace(day=1)
        month = [first + timedelta(days=n) for n in range(31) if (first + timedelta(days=n)).month == day.month]
        worked = [each for each in month if is_worked(calendar, each)]
        wanted = {"every": worked, "first_of_month": worked[:1], "last_of_month": worked[-1:]}
        fits = day in wanted[what["day"]]
    return what["minute"] if fits else None


def next_moment(moment, at, tz, calendars):
    """The first such moment at or after an instant; one that comes once may be past."""
    if "once" in moment:
        return instant(datetime.fromisoformat(moment["once"]["at"]), tz)
    day = local(at, tz).date() - timedelta(days=1)
    while True:
        minute = comes_on(moment, day, calendars)
        if minute is not None and on_day(day, minute, tz) >= at:
            return on_day(day, minute, tz)
        day += timedelta(days=1)


def is_within_hours(moment, to_minute, at, tz, calendars):
    today = local(at, tz).date()
    minute = comes_on(moment, today, calendars)
    return minute is not None and on_day(today, minute, tz) <= at < on_day(today, to_minute, tz)


def window_begins(window, at, tz):
    """The first instant of the calendar window that holds an instant, and that of the next one."""
    today = local(at, tz).date()
    if window == "calendar_day":
        first, after = today, today + timedelta(days=1)
    elif window == "calendar_week":
        first = today - timedelta(days=today.weekday())
        after = first + timedelta(days=7)
    else:
        first = today.replace(day=1)
        after = (first + timedelta(days=31)).replace(day=1)
    return midnight(first, tz), midnight(after, tz)


def in_window(window, times, at, tz):
    """Those of the times that lie in the window at an instant."""
    if window == "ever":
        return times
    if isinstance(window, dict):
        return [each for each in times if at - window["rolling_secs"] < each <= at]
    return [each for each in times if window_begins(window, at, tz)[0] <= each <= at]


def is_quiet(hours, at, tz, calendars):
    now = local(at, tz)
    today = now.date()
    if today.isoweekday() in hours["weekdays"]:
        return True
    if hours.get("holidays") and today.isoformat() in calendars[hours["holidays"]]["days"]:
        return True
    begin, end = hours["from_minute"], hours["to_minute"]
    if begin == end:
        return False
    if begin < end:
        return on_day(today, begin, tz) <= at < on_day(today, end, tz)
    return at >= on_day(today, begin, tz) or at < on_day(today, end, tz)


def quiet_until(hours, at, tz, calendars):
    """The end of the quiet hours that hold an instant; the instant itself if it is in none."""
    if not is_quiet(hours, at, tz, calendars):
        return at
    day = local(at, tz).date()
    while True:
        for each in sorted((midnight(day, tz), on_day(day, hours["to_minute"], tz))):
            if each > at and not is_quiet(hours, each, tz, calendars):
                return each
        day += timedelta(days=1)


def since_years(days, today):
    """Days from a day to the next anniversary of a date, 0 on the day."""
    born = day_of(days)
    for year in (today.year, today.year + 1):
        try:
            comes = born.replace(year=year)
        except ValueError:
            comes = date(year, 2, 28)
        if comes >= today:
            return (comes - today).days
