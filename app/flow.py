"""THE MAP: what happens to a webhook, as plain calls in order.

    webhook ─▶ event ─▶ truth ─▶ SLA clock ─▶ follow-up ─▶ message ─▶ delivery ─▶ figures

The door (`app.intake.door`) has stored the event and answered. Everything after it is here. Each function
drains one kind of waiting rows, one batch in one unit of work, and says how many it found; a shell calls it
until it says 0. Rows are the jobs: whoever dies here loses nothing, and the next one finds the rows again.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from app.db import unit_of_work
from app.delivery.claim import Instants
from app.delivery.hook_fetch import Fetch, fetch
from app.delivery.hook_queue import tidy_hooks
from app.delivery.hook_sources import sources_of
from app.delivery.lanes import Lanes
from app.delivery.lookups import Lookups
from app.delivery.parcel import Packer
from app.delivery.receive import Receiver
from app.delivery.release import release_due
from app.delivery.routing import Routes
from app.delivery.send import Post
from app.followups.plan import lies_ahead
from app.followups.store import plan_all
from app.isolation import in_batches
from app.messages.digest import claim_gathered, drop_untold, write_digests
from app.messages.links import Links
from app.messages.rephrase_drain import Rephraser
from app.messages.waiting import claim_waiting, urge_all
from app.messages.write import claim_planned, give_up, write_all
from app.privacy.retention import tidy
from app.replies.act import forget_old
from app.replies.imap import ImapPoll
from app.replies.imap_tokens import MailboxTokens
from app.replies.inbox import Replies
from app.replies.mailbox import Mailbox
from app.replies.notes import Notes
from app.replies.take import Inbox
from app.services import Services
from app.settings import Settings
from app.sla.book import Shelf
from app.sla.recompute import recompute_some
from app.sla.store import derive
from app.timeline import ingest, store
from app.timeline.inquire import inquire_due
from app.timeline.poll import poll_due
from app.vendors import Vendors

EVENTS, APPLICATIONS, RECOMPUTES, MESSAGES, RELEASES, GATHERED = 300, 300, 500, 50, 200, 200
"""Batches: large enough to share a commit, small enough to end within a second or two."""


@dataclass(frozen=True, slots=True)
class Flow:
    """The drains, with what they need."""

    services: Services
    shelf: Shelf
    vendors: Vendors
    routes: Routes
    mailboxes: Sequence[Mailbox] = ()
    """Read over IMAP."""
    rephraser: Rephraser | None = None
    """Only where a language model is set up."""
    lanes: Lanes = field(default_factory=Lanes)
    """What this process is sending just now."""
    fetch: Fetch = fetch
    """How a mail provider's own addresses are asked, to start a subscription."""

    async def events(self) -> int:
        """Event → truth: read what the ATS said into facts, and wake the applications concerned."""
        now = await self.services.refresh()

        async def drain(session: AsyncSession, limit: int, taken: list[str]) -> None:
            claimed = await ingest.claim(session, limit)
            taken += [event.id for event in claimed]
            if claimed:
                await ingest.ingest(session, self.services.vault, claimed, now)

        return await in_batches(self.services.sessions, drain, ingest.give_up, now, EVENTS)

    async def applications(self) -> int:
        """Truth → clocks → follow-ups: derive all about applications with news, or whose time has come."""
        now = await self.services.refresh()

        async def drain(session: AsyncSession, limit: int, taken: list[str]) -> None:
            claimed = await store.claim(session, now, limit)
            taken += [application.id for application in claimed]
            if claimed:
                book = await self.shelf.book(session)
                known = await store.know(session, claimed)
                owed = await derive(session, book, known, now)
                await plan_all(session, owed, now)

        return await in_batches(self.services.sessions, drain, store.give_up, now, APPLICATIONS)

    async def recomputes(self) -> int:
        """Clocks, again: after a change of rules, hours or zones the next ones are moved, or woken."""
        now = await self.services.refresh()
        async with unit_of_work(self.services.sessions) as session:
            return await recompute_some(session, self.shelf.book, now, RECOMPUTES, lies_ahead)

    async def messages(self) -> int:
        """Follow-up → message: write the words; they are ready, or wait for a fact or an approval."""
        now = await self.services.refresh()
        settings = self.services.settings

        async def drain(session: AsyncSession, limit: int, taken: list[str]) -> None:
            claimed = await claim_planned(session, now, limit)
            taken += [follow_up.id for follow_up in claimed]
            if claimed:
                book = await self.shelf.book(session)
                words = {"company": settings.company_name, "locale": settings.locale}
                links = Links(settings.public_url, self.services.machine_now)
                await write_all(session, self.services.vault, book, claimed, now, **words, links=links)
                if self.rephraser:
                    await self.rephraser.hold(session, claimed, now)

        return await in_batches(self.services.sessions, drain, give_up, now, MESSAGES)

    async def approvals(self) -> int:
        """Follow-up → message, held up: who must decide is reminded, then others; in the end it expires."""
        now = await self.services.refresh()
        company = self.services.settings.company_name

        async def drain(session: AsyncSession, limit: int, taken: list[str]) -> None:
            claimed = await claim_waiting(session, now, limit)
            taken += [follow_up.id for follow_up in claimed]
            if claimed:
                book = await self.shelf.book(session)
                await urge_all(session, self.services.vault, book, claimed, now, company=company)

        return await in_batches(self.services.sessions, drain, give_up, now, MESSAGES)

    async def digests(self) -> int:
        """Follow-up → message, gathered: what can wait comes to each person of the team once a day."""
        now = await self.services.refresh()
        settings = self.services.settings
        async with unit_of_work(self.services.sessions) as session:
            await drop_untold(session, now)

        async def drain(session: AsyncSession, limit: int, taken: list[str]) -> None:
            claimed = await claim_gathered(session, now, limit)
            taken += [follow_up.id for follow_up in claimed]
            if claimed:
                book = await self.shelf.book(session)
                words = {"company": settings.company_name, "locale": settings.locale}
                await write_digests(session, self.services.vault, book, claimed, now, **words)

        return await in_batches(self.services.sessions, drain, give_up, now, GATHERED)

    async def rephrasings(self) -> int:
        """Message → message: where a language model is set up, it may offer other words for the approval."""
        if self.rephraser is None:
            return 0
        return await self.rephraser.drain(await self.services.refresh())

    async def releases(self) -> int:
        """Message → delivery: what is ready and due is queued for its way out."""
        now = await self.services.refresh()
        async with unit_of_work(self.services.sessions) as session:
            return await release_due(session, self.services.vault, now, RELEASES)

    async def deliveries(self) -> int:
        """Delivery: leave, at most once."""
        return await self._post.send_due(await self._instants())

    async def questions(self) -> int:
        """Delivery: ask what became of sends with an unknown outcome."""
        return await self._post.ask_due(await self._instants())

    async def receipts(self) -> int:
        """Delivery, from the other side: what mail providers told us becomes what is known of a message."""
        at, receiver = await self._instants(), self._receiver
        return await receiver.read_due(at) + await receiver.match_due(at)

    async def lookups(self) -> int:
        """Delivery, from the other side: ask about mails of which the provider's webhooks say nothing."""
        services = self.services
        told_by, lease = sources_of(services.settings), _lease(services.settings)
        lookups = Lookups(services.sessions, self.routes, told_by, self.lanes, lease)
        return await lookups.ask_due(await self._instants())

    async def confirmations(self) -> int:
        """Beside the flow: subscriptions to a provider's webhooks begin when we ask for them."""
        return await self._receiver.confirm_due(await self._instants())

    async def replies(self) -> int:
        """Delivery, from the other side: what candidates answer is heard, and noted in the ATS."""
        at, services = await self._instants(), self.services
        settings, sources = services.settings, sources_of(services.settings)
        notes = Notes(services.sessions, services.vault, self.vendors, _lease(settings), settings.locale)
        heard = await Replies(services.sessions, self._inbox, sources).read_due(at)
        return heard + await notes.write_due(at)

    async def imap(self) -> int:
        """Delivery, from the other side, where no webhook tells: mailboxes are read."""
        if not self.mailboxes:
            return 0
        services, signed = self.services, frozenset(sources_of(self.services.settings))
        tokens = MailboxTokens(services.sessions, services.vault, services.machine_now)
        poll = ImapPoll(services.sessions, self._inbox, self.mailboxes, tokens, signed)
        return await poll.read_due(await self._instants())

    async def polls(self) -> int:
        """Truth, from the other side: ask the ATS for what its webhooks never say, or lost."""
        if not self.services.settings.poll:
            return 0
        at = await self._instants()
        return await poll_due(
            self.services.sessions,
            self.services.vault,
            self.vendors,
            now=at.business,
            machine_now=at.machine,
        )

    async def inquiries(self) -> int:
        """Event → truth, for events that only name something: ask the ATS what is true of it."""
        at = await self._instants()
        return await inquire_due(
            self.services.sessions,
            self.services.vault,
            self.vendors,
            now=at.business,
            machine_now=at.machine,
        )

    async def housekeeping(self) -> int:
        """Beside the flow: what has outlived its purpose goes."""
        at = await self._instants()
        days = self.services.settings.raw_body_days
        async with unit_of_work(self.services.sessions) as session:
            gone = await tidy(session, now=at.business, machine_now=at.machine, raw_body_days=days)
            gone += await forget_old(session, at.business - timedelta(days=days))
            return gone + await tidy_hooks(session, at.machine)

    def drains(self) -> dict[str, Callable[[], Awaitable[int]]]:
        """Every drain by name, in the order of the flow."""
        return {
            "events": self.events,
            "inquiries": self.inquiries,
            "recomputes": self.recomputes,
            "applications": self.applications,
            "approvals": self.approvals,
            "messages": self.messages,
            "digests": self.digests,
            "rephrasings": self.rephrasings,
            "releases": self.releases,
            "deliveries": self.deliveries,
            "questions": self.questions,
            "receipts": self.receipts,
            "lookups": self.lookups,
            "confirmations": self.confirmations,
            "imap": self.imap,
            "replies": self.replies,
            "polls": self.polls,
        }

    @property
    def _inbox(self) -> Inbox:
        settings = self.services.settings
        return Inbox(self.services.vault, settings.reply_address, (settings.mail_from,))

    @property
    def _receiver(self) -> Receiver:
        services = self.services
        return Receiver(services.sessions, services.vault, sources_of(services.settings), self.fetch)

    @property
    def _post(self) -> Post:
        settings = self.services.settings
        return Post(
            self.services.sessions,
            Packer(self.services.vault, settings, self.routes, self.shelf),
            self.vendors,
            timedelta(seconds=settings.lease_seconds),
            self.services.machine_now,
            self.lanes,
        )

    async def _instants(self) -> Instants:
        return Instants(await self.services.refresh(), self.services.machine_now())


def _lease(settings: Settings) -> timedelta:
    return timedelta(seconds=settings.lease_seconds)
