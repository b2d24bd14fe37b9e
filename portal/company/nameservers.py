"""What the DNS holds for the domain that mails come from; apart, since only the worker needs the library that asks."""

import dns.exception
import dns.resolver

from .mailway import CHECKS, Check

PATIENCE = 3.0  # seconds for one name


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
