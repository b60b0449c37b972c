"""The send matrix: every provider, fault and crash; never two messages, and the truth about each."""

from bench.send_matrix import PAGE, table, whole


async def test_never_two_and_always_the_truth() -> None:
    """Whatever fails and whoever dies; the page in the documentation is what is found."""
    found = await whole()
    wrong = [(where, str(end)) for where, ends in found.items() for end in ends.values() if not end.true]
    assert not wrong
    for (name, fault), ends in found.items():
        if name in ("resend", "folder"):
            # Settled for certain: nothing of these ever waits on a person.
            assert {end.state for end in ends.values()} <= {"sent", "retry"}, (name, fault)
    assert table(found) == PAGE.read_text(encoding="utf-8")
