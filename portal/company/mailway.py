"""What others see of the domain that mails come from: SPF (RFC 7208), DKIM (RFC 6376), DMARC (RFC 7489).

A look at the DNS (see nameservers.py) tells whether records are there. Whether they let our mails through says only a
server that got one: the portal's own mailbox, where a test mail comes back with what its server found (RFC 8601).
"""

import re
from typing import Any

CHECKS = ("spf", "dkim", "dmarc")
PASSED = {"pass"}
_RESULT = re.compile(r"(?:^|[;\s])(spf|dkim|dmarc)\s*=\s*([a-z]{2,20})", re.IGNORECASE)
_NAME = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*\.[a-z][a-z0-9-]+")

Check = dict[str, Any]  # state: one of STATES of wording.py; said: the record, or the server's word


def domain_of(address: str) -> str:
    """The domain of an address as DNS knows it; "" for one that it cannot know, as of a bare number."""
    domain = address.rpartition("@")[2].lower().rstrip(".")
    try:
        plain = domain.encode("idna").decode()
    except UnicodeError:
        return ""
    return plain if _NAME.fullmatch(plain) else ""


def results_in(header: str) -> dict[str, Check]:
    """What the value of an Authentication-Results header says of a mail."""
    plain = re.sub(r"\([^()]*\)", " ", header)  # comments
    found: dict[str, Check] = {}
    for name, result in _RESULT.findall(plain.lower()):
        if name not in found or result in PASSED:  # of several signatures one that is right is enough
            found[name] = {
                "state": "passed" if result in PASSED else "failed",
                "said": result,
                "certain": True,
            }
    return found
