"""The way back of every mail provider, by its name."""

from collections.abc import Mapping

from app.mail.hooks import Hooks

HOOKS: Mapping[str, Hooks] = {}
