"""The vault: what is sealed opens with its key, in its place, unaltered; and not otherwise."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.privacy.vault import CannotOpen, Vault, open_as_person, seal_as_person

OLD, NEW, OTHER = (bytes([byte]) * 32 for byte in (1, 2, 3))


@given(st.binary(max_size=300), st.text(max_size=30))
def test_what_was_sealed_opens_in_its_place(plain: bytes, place: str) -> None:
    """Any bytes, any place, and the box does not show them."""
    box = Vault([OLD]).seal(plain, place)
    assert Vault([OLD]).unseal(box, place) == plain
    assert len(plain) < 8 or plain not in box


def test_a_new_master_key_opens_what_the_old_one_sealed() -> None:
    """Rotation: the first seals, all open; without the old key its boxes stay closed."""
    box = Vault([OLD]).seal(b"words", "here")
    both = Vault([NEW, OLD])
    assert both.unseal(box, "here") == b"words"
    again = both.seal(b"words", "here")
    assert Vault([NEW]).unseal(again, "here") == b"words"
    with pytest.raises(CannotOpen, match="another key"):
        Vault([NEW]).unseal(box, "here")


def test_rotation_keeps_the_hashes_of_addresses() -> None:
    """Suppressions and searches survive a new key; another installation's hashes are others."""
    before, after = Vault([OLD]), Vault([NEW, OLD])
    assert before.address_hash("Ada@Example.org") == after.address_hash(" ada@example.ORG ")
    assert before.address_hash("ada@example.org") != Vault([OTHER]).address_hash("ada@example.org")
    assert b"ada" not in before.address_hash("ada@example.org")


@pytest.mark.parametrize("place", ["there", "", "here "])
def test_a_box_opens_only_in_its_place(place: str) -> None:
    """A row's bytes copied into another row are refused."""
    box = Vault([OLD]).seal(b"words", "here")
    with pytest.raises(CannotOpen, match="another place"):
        Vault([OLD]).unseal(box, place)


@given(st.integers(0, 10_000), st.integers(1, 255))
def test_an_altered_box_does_not_open(position: int, change: int) -> None:
    """Any byte changed anywhere."""
    box = bytearray(Vault([OLD]).seal(b"a few words", "here"))
    box[position % len(box)] ^= change
    with pytest.raises(CannotOpen):
        Vault([OLD]).unseal(bytes(box), "here")


@pytest.mark.parametrize("length", [0, 3, 4, 15, 16, 30])
def test_a_cut_box_does_not_open(length: int) -> None:
    """Too short for what it claims, at every length."""
    box = Vault([OLD]).seal(b"a few words", "here")
    with pytest.raises(CannotOpen):
        Vault([OLD]).unseal(box[:length], "here")


def test_the_key_of_a_person_is_all_that_opens_their_data() -> None:
    """Neither the master key nor another person's key."""
    vault = Vault([OLD])
    (mine, sealed), (yours, _) = vault.new_person_key(), vault.new_person_key()
    assert vault.person_key(sealed) == mine
    box = seal_as_person(mine, b"words", "here")
    assert open_as_person(mine, box, "here") == b"words"
    with pytest.raises(CannotOpen):
        open_as_person(yours, box, "here")
    with pytest.raises(CannotOpen):
        vault.unseal(box, "here")


def test_the_same_words_sealed_twice_look_different() -> None:
    """Nobody sees that two candidates share something."""
    vault = Vault([OLD])
    assert vault.seal(b"words", "here") != vault.seal(b"words", "here")
