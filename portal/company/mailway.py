"""What others see of the domain that mails come from: SPF (RFC 7208), DKIM (RFC 6376), DMARC (RFC 7489).

A look at the DNS tells whether records are there. Whether they let our mails through says only a server that got one:
the portal's own mailbox, where a test mail comes back with what its server found (RFC 8601).
"""

import re
from typing import Any

import dns.exception
import dns.resolver

PATIENCE = 3.0  # seconds for one name
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


def _texts(name: str, begins: str) -> list[str] | None:
    """The text records of a name that begin so; None when nobody could say."""
    try:
        answer = dns.resolver.resolve(f"{name}.", "TXT", lifetime=PATIENCE)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return []
    except (dns.exception.DNSException, OSError):
        return None
    texts = (b"".join(record.strings).decode("utf-8", "replace") for record in answer)
    return [text for text in texts if text.lower().startswith(begins)]


def _check(found: list[str] | None) -> Check:
    if found is None:
        return {"state": "unsure", "said": ""}
    state = {0: "missing", 1: "there"}.get(len(found), "many")
    return {"state": state, "said": " | ".join(found)[:500]}


def _dmarc(domain: str) -> Check:
    """The domain's own policy, else that of the nearest one above it that has one."""
    labels, check = domain.split("."), {"state": "missing", "said": ""}
    for place in range(len(labels) - 1):
        check = _check(_texts("_dmarc." + ".".join(labels[place:]), "v=dmarc1"))
        if check["state"] != "missing":
            break
    return check


def look(domain: str) -> dict[str, Check]:
    """What the DNS holds for a domain, in a few seconds at most; each of the three has its state."""
    if not domain:
        return {name: {"state": "nameless", "said": ""} for name in CHECKS}
    spf, dmarc = _check(_texts(domain, "v=spf1")), _dmarc(domain)
    # A key lies under a name that only the signing server knows, so that it is seen in a signed mail alone.
    return {"spf": spf, "dkim": {"state": "unseen", "said": ""}, "dmarc": dmarc}


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
