"""Words for what readers say of articles."""

from ..kit.i18n import lazy

# Why an article did not help, as readers choose it.
REASONS = {
    "unclear": lazy("I did not understand it"),
    "missing": lazy("Something is missing"),
    "wrong": lazy("It is wrong or out of date"),
    "other": lazy("I looked for something else"),
}
