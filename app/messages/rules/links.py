"""Rules about links: over https, to ourselves, the company or the ATS, and without spies in them."""

import re
from collections.abc import Iterator
from html import unescape
from urllib.parse import parse_qsl, urlsplit

from app.messages.facts import Facts
from app.messages.fill import is_safe_target
from app.messages.rules.base import Draft, Severity, rule

_URL = re.compile(
    r"\b[a-z][a-z0-9+.-]{0,30}://[^\s<>\"]+|\b(?:javascript|vbscript):\S|\bdata:[a-z]+/|\bwww\.\S+",
    re.IGNORECASE,
)
_HREF = re.compile(r'href="([^"]*)"', re.IGNORECASE)
_SHORTENERS = frozenset(
    {
        *("bit.ly", "buff.ly", "cutt.ly", "goo.gl", "is.gd", "lnkd.in", "ow.ly", "rb.gy", "rebrand.ly"),
        *("s.id", "shorturl.at", "t.co", "t.ly", "tiny.cc", "tinyurl.com", "v.gd"),
    }
)
_SPIES = re.compile(
    r"utm_\w+|_hs\w+|mc_[ce]id|(fb|g|dcl|ms|tw|yc)clid|gbraid|wbraid|mkt_tok|trk|trkid", re.ASCII
)
_LEADING = (".url", ".where")
"""Facts whose very purpose is to lead somewhere."""


def targets(draft: Draft) -> Iterator[str]:
    """Where the message leads, in both of its parts."""
    yield from (found.group().rstrip(".,;:!?)") for found in _URL.finditer(draft.rendered.text))
    yield from (unescape(href) for href in _HREF.findall(draft.rendered.html))


def _hosts(draft: Draft) -> list[str]:
    return [host for target in targets(draft) if (host := _host(target))]


def _host(target: str) -> str:
    try:
        return (urlsplit(target).hostname or "").rstrip(".").casefold()
    except ValueError:
        return ""


def _ours(facts: Facts) -> tuple[frozenset[str], frozenset[str]]:
    """Hosts that facts lead to, and the company's domains with everything under them.

    The domains are those of the settings and the one the recruiter writes from.
    """
    leading = (facts.text(name) for name in facts if name.endswith(_LEADING))
    hosts = {_host(found.group().rstrip(".,;:!?)")) for text in leading for found in _URL.finditer(text)}
    domains = {part.strip().casefold() for part in facts.text("company.domains").split(",")}
    domains.add(facts.text("recruiter.email").rpartition("@")[2].casefold())
    return frozenset(hosts), frozenset(domains - {""})


def _within(host: str, domains: frozenset[str]) -> bool:
    return any(host == domain or host.endswith(f".{domain}") for domain in domains)


@rule("link-unsafe")
def unsafe(draft: Draft) -> Iterator[tuple[Severity, str, str]]:
    """Every link leads over https, without credentials in it."""
    if not all(map(is_safe_target, targets(draft))):
        yield (
            Severity.ERROR,
            "A link does not lead over https.",
            "Use the https address, or take the link out.",
        )


@rule("link-foreign")
def foreign(draft: Draft) -> Iterator[tuple[Severity, str, str]]:
    """A candidate's link leads to the company, to the ATS or to Heardback, or is a fact that is a link."""
    if not draft.to_candidate:
        return
    hosts, domains = _ours(draft.facts)
    for host in dict.fromkeys(_hosts(draft)):
        if host not in hosts and host not in _SHORTENERS and not _within(host, domains):
            yield (
                Severity.ERROR,
                f"The link to {host} leads to nobody we know.",
                "Take it out, or name the domain in the connection's setting `link_domains`.",
            )
            return


@rule("link-shortened")
def shortened(draft: Draft) -> Iterator[tuple[Severity, str, str]]:
    """A reader sees where a link leads: no shorteners, which also count who follows."""
    if any(_within(host, _SHORTENERS) for host in _hosts(draft)):
        yield (
            Severity.ERROR,
            "A shortened link hides where it leads.",
            "Give the whole address.",
        )


@rule("link-tracking")
def tracking(draft: Draft) -> Iterator[tuple[Severity, str, str]]:
    """Nobody is followed through a link: interest is measured by replies."""
    for target in targets(draft):
        query = target.partition("?")[2].partition("#")[0]
        names = [name for name, _ in parse_qsl(query, keep_blank_values=True)]
        if spies := [name for name in names if _SPIES.fullmatch(name.casefold())]:
            yield (
                Severity.WARNING,
                f"A link carries {spies[0]}, which tracks who follows it.",
                "Take it off the address.",
            )
            return
