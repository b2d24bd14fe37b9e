"""The time zones that people choose from."""

from zoneinfo import available_timezones

# Names in the system's list that are no place: of a machine that nobody has set up, and of whatever it is set to.
NO_PLACE = {"Factory", "localtime", "posixrules"}
ZONES = tuple(sorted(available_timezones() - NO_PLACE))
