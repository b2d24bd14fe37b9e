"""Browsers, systems and networks as people call them."""

import ipaddress

from .i18n import _

BROWSERS = {"Edg/": "Edge", "OPR/": "Opera", "Firefox/": "Firefox", "Chrome/": "Chrome", "Safari/": "Safari"}
SYSTEMS = {
    "Android": "Android",
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Windows": "Windows",
    "Mac OS": "Mac",
    "Linux": "Linux",
}


def device_words(agent: str) -> str:
    """Browser and system of a User-Agent as people call them; what is not known is shown as it came."""
    browser = next((words for sign, words in BROWSERS.items() if sign in agent), "")
    system = next((words for sign, words in SYSTEMS.items() if sign in agent), "")
    return ", ".join(filter(None, (browser, system))) or agent[:60] or "–"


def place_words(source: str) -> str:
    """The network of an address: the first three of IPv4's four numbers, a site's 48 bits of IPv6's. No more is known here."""
    try:
        address = ipaddress.ip_address(source)
    except ValueError:
        return _("Network unknown")
    address = getattr(address, "ipv4_mapped", None) or address
    if address.is_loopback:
        return _("The computer that the portal runs on")
    if address.version == 6:  # noqa: PLR2004 -- the protocol's name
        network = str(ipaddress.ip_network(f"{address}/48", strict=False).network_address)
    else:
        network = str(address).rpartition(".")[0] + ".…"
    if address.is_private:
        return _("Local network %(network)s", network=network)
    return _("Network %(network)s", network=network)
