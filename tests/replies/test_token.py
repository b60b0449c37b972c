"""The signed address, and the order in which clues count."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.ids import new_id
from app.mail.hooks import InboundMail
from app.mail.token import LONGEST_LOCAL, PURPOSE, is_ours, reply_address, send_of
from app.privacy.vault import Vault
from app.replies.correlate import How, Match, clues, match, sends_by_id

OLD, NEW = b"\x01" * 32, b"\x02" * 32
MAILBOX = "reply@answers.ostwind.example"
SEND = "dlv_01kacq0v8h3n5r7t9w2y4b6d8f"


def address(vault: Vault, send: str = SEND, mailbox: str = MAILBOX) -> str:
    return reply_address(mailbox, send, lambda data: vault.sign(PURPOSE, data))


def named(vault: Vault, *addresses: str, mailbox: str = MAILBOX) -> str | None:
    return send_of(addresses, mailbox, lambda data, mac: vault.has_signed(PURPOSE, data, mac))


def test_an_address_names_its_send_and_fits_in_a_mailbox_name() -> None:
    """The token of any of our ids survives, whatever a mail server does to its case, within 64 octets."""
    vault = Vault([NEW])
    longest = f"{'a' * LONGEST_LOCAL}@answers.ostwind.example"
    for _ in range(50):
        send = new_id("dlv")
        made = address(vault, send, longest)
        assert made == made.lower()
        assert len(made.partition("@")[0]) <= 64
        assert named(vault, made.upper(), mailbox=longest) == send


def test_a_token_outlives_the_rotation_of_the_master_key() -> None:
    """Answers come months later: every key that is still known proves a token."""
    assert named(Vault([NEW, OLD]), address(Vault([OLD]))) == SEND
    assert named(Vault([NEW]), address(Vault([OLD]))) is None


@given(st.integers(6, 58), st.sampled_from(string.ascii_lowercase + "234567"))
def test_no_other_address_is_taken_for_ours(place: int, other: str) -> None:
    """One changed character of send or signature, and it names nothing."""
    vault = Vault([NEW])
    made = address(vault)
    forged = made[:place] + other + made[place + 1 :]
    last_of_mac = place == made.index("@") - 1  # its low bits are padding
    if forged != made and not last_of_mac:
        assert named(vault, forged) is None


def test_a_token_at_another_domain_counts_for_nothing() -> None:
    """Only mail to our own domain can have come to our mailbox."""
    vault = Vault([NEW])
    assert named(vault, address(vault, mailbox="reply@elsewhere.example")) is None
    assert named(vault, "reply@answers.ostwind.example", "", "@", "x") is None


def test_the_mailbox_knows_itself() -> None:
    """With and without a token; no other mailbox of the domain."""
    assert is_ours(address(Vault([NEW])), MAILBOX)
    assert is_ours("Reply@Answers.Ostwind.example", MAILBOX)
    assert not is_ours("replies@answers.ostwind.example", MAILBOX)


@pytest.mark.parametrize(
    ("mail", "expected"),
    [
        (InboundMail("k", references=("a@x", "b@x")), Match(How.REFERENCES, "second")),
        (InboundMail("k", in_reply_to="a@x", references=("b@x",)), Match(How.IN_REPLY_TO, "first")),
        (InboundMail("k", in_reply_to="0101-abc@email.amazonses.com"), Match(How.IN_REPLY_TO, "third")),
        (InboundMail("k", in_reply_to="unknown@x"), Match(How.ADDRESS, "app_1")),
    ],
)
def test_the_nearest_id_wins_and_an_address_is_only_a_hint(mail: InboundMail, expected: Match) -> None:
    """In-Reply-To before References, those from right to left; Amazon's ids by their local part."""
    known = sends_by_id([("first", ["<a@x>"]), ("second", ["b@x", None]), ("third", ["0101-abc"])])
    assert match(clues(mail, None, lambda _, __: False), known, ["app_1", "app_1"]) == expected


def test_two_open_threads_are_no_hint() -> None:
    """Nobody guesses between two."""
    assert match(clues(InboundMail("k"), None, lambda _, __: False), {}, ["app_1", "app_2"]) is None
