"""Which addresses may be connected to: the public internet, and nothing inside anybody's network. Pure."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

# All that is given out for the internet (RFC 4291, 2.4); is_global is True for site-local addresses too (fec0::/10).
_UNICAST = ip_network("2000::/3")

# is_global is True for these, at least in some versions of Python, although nothing of the internet is there.
_RESERVED = tuple(
    ip_network(network)
    for network in (
        "192.0.0.0/24",  # protocol assignments (RFC 6890)
        "192.88.99.0/24",  # the relays of 6to4, long deprecated (RFC 7526)
        "3fff::/20",  # documentation (RFC 9637)
    )
)

# is_global is True for these, although they lead (or can lead) to an IPv4 address that is not.
_TRANSLATED = tuple(
    ip_network(network)
    for network in (
        "64:ff9b::/96",  # NAT64
        "64:ff9b:1::/48",  # NAT64 for local use
        "2002::/16",  # 6to4
        "::/96",  # IPv4-compatible, long deprecated
    )
)


def is_public(address: str) -> bool:
    """Tell whether an IP address belongs to the public internet.

    Args:
        address: An address as the socket library gives it; an IPv6 zone ("%eth0") makes it local.

    Returns:
        False for everything else, and for what is no address.
    """
    try:
        parsed = ip_address(address)
    except ValueError:
        return False
    if isinstance(parsed, IPv6Address):
        if parsed.scope_id is not None:
            return False
        if parsed.ipv4_mapped is not None:
            return _is_public_v4(parsed.ipv4_mapped)
        is_refused = any(parsed in network for network in (*_TRANSLATED, *_RESERVED))
        return parsed.is_global and parsed in _UNICAST and not is_refused
    return _is_public_v4(parsed)


def _is_public_v4(address: IPv4Address) -> bool:
    is_refused = any(address in network for network in _RESERVED)
    return address.is_global and not address.is_multicast and not is_refused
