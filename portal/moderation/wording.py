"""What reasons, acts, outcomes and signs are called; the rows hold the short words."""

from typing import Any

from ..kit.i18n import _, lazy

# Why somebody reports a post, and why a moderator takes words or a person's right to write away.
REASONS = {
    "spam": lazy("It advertises or deceives"),
    "rude": lazy("It insults or threatens"),
    "private": lazy("It tells what is private"),
    "harmful": lazy("It harms who follows it"),
    "offtopic": lazy("It does not belong here"),
    "other": lazy("Something else"),
}
# What came of a report.
OUTCOMES = {
    "hidden": lazy("The post was hidden"),
    "kept": lazy("The post stays"),
    "gone": lazy("The post was withdrawn before anybody looked"),
}
# What was done, as the record lists it.
ACTS = {
    "let-in": lazy("let a post in"),
    "trusted": lazy("trusts the person from now on"),
    "watched": lazy("holds each post of the person"),
    "hidden": lazy("hid a post"),
    "shown": lazy("shows a post again"),
    "reported": lazy("was hidden by reports until somebody looks"),
    "kept": lazy("let a reported post stay"),
    "moved": lazy("moved a topic"),
    "split": lazy("split posts into a new topic"),
    "closed": lazy("closed a topic"),
    "opened": lazy("opened a topic again"),
    "pinned": lazy("pinned a topic"),
    "unpinned": lazy("took the pin off a topic"),
    "suspended": lazy("suspended the person"),
    "lifted": lazy("ended a suspension"),
    "rule-added": lazy("added a rule"),
    "rule-changed": lazy("changed a rule"),
    "rule-dropped": lazy("deleted a rule"),
}
# The same as whom it concerns reads it.
TOLD = {
    "let-in": lazy("A moderator looked at your post: it is shown now."),
    "trusted": lazy("Your posts are shown at once from now on."),
    "watched": lazy("Each of your posts waits for a moderator from now on."),
    "hidden": lazy("A moderator hid a post of yours."),
    "shown": lazy("A moderator shows a post of yours again."),
    "reported": lazy("Several people reported a post of yours. It is hidden until a moderator has looked."),
    "kept": lazy("A moderator looked at a post of yours that was reported: it stays."),
    "moved": lazy("A moderator moved your topic to another space."),
    "split": lazy("A moderator moved posts into a topic of their own."),
    "closed": lazy("A moderator closed your topic."),
    "opened": lazy("A moderator opened your topic again."),
    "pinned": lazy("A moderator pinned your topic."),
    "unpinned": lazy("A moderator took the pin off your topic."),
    "suspended": lazy("You cannot write in the community for a time."),
    "lifted": lazy("You can write in the community again."),
}
# Why a post is held.
SIGNS = {
    "first": lazy("Its writer is new, and this space holds first posts"),
    "always": lazy("Each post of this person is held"),
    "doubt": lazy("Several signs together"),
    "reported": lazy("Several people reported it"),
    "reported-before": lazy("It was reported, taken back before anybody looked, and brought again"),
    "trap": lazy("A field that people do not see was filled in"),
    "quick": lazy("It was sent faster than anybody writes"),
    "young": lazy("The account is of today"),
    "unconfirmed": lazy("The address was never confirmed"),
    "link": lazy("A link"),
    "links": lazy("Two links"),
    "many-links": lazy("Several links"),
    "link-farm": lazy("Very many links"),
    "always-links": lazy("Each of this person's posts has a link"),
    "disguised": lazy("A link that hides where it leads"),
    "short-link": lazy("A shortened link"),
    "phone": lazy("A phone number"),
    "handle": lazy("Asks to write elsewhere"),
    "mailbox": lazy("An e-mail address"),
    "trade": lazy("Words of those who sell"),
    "much-trade": lazy("Many words of those who sell"),
    "capitals": lazy("All in capitals"),
    "unseen": lazy("Signs that nobody sees"),
    "mixed": lazy("Words written so that no search finds them"),
    "picture": lazy("A picture or link without words"),
    "gibberish": lazy("Words that say nothing"),
    "alike": lazy("Somebody else wrote nearly the same"),
    "much-alike": lazy("Several others wrote nearly the same"),
    "again": lazy("The same person wrote nearly the same"),
    "much-again": lazy("The same person wrote nearly the same many times"),
    "same-contact": lazy("The same person gave the same link or number before"),
    "bad-company": lazy("Its link or number stands in posts that are held or hidden"),
    "waiting": lazy("Earlier posts of this person wait"),
    "hidden-before": lazy("A post of this person was hidden"),
    "fast": lazy("Many posts in a few minutes"),
}
STANDINGS = {
    "": lazy("New here"),
    "known": lazy("Known here"),
    "held": lazy("Each post is held"),
}
KINDS = {"word": lazy("Words"), "link": lazy("A site that is linked")}
DOES = {"hold": lazy("Hold it for a moderator"), "refuse": lazy("Do not take it, and say so")}


def reason_words(because: str, words: str) -> str:
    """A reason in the reader's language, with the moderator's own words."""
    named = str(REASONS[because]) if because in REASONS and because != "other" else ""
    return ": ".join(filter(None, (named, words))) or str(REASONS["other"])


def sign_words(why: str, rules: dict[int, Any]) -> list[str]:
    """Why a post is held, a sentence for each; a rule by its words."""
    return [words for sign in why.split() if (words := _sign(sign, rules))]


def _sign(sign: str, rules: dict[int, Any]) -> str:
    if sign.startswith("rule-"):
        rule = rules.get(int(sign[5:]))
        return _("A rule: %(words)s", words=rule.pattern) if rule else _("A rule that is gone")
    return str(SIGNS.get(sign, ""))
