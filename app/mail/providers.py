"""The way back of every mail provider, by its name."""

from collections.abc import Mapping

from app.mail import brevo_hooks, postmark_hooks, resend_hooks, ses_hooks
from app.mail.hooks import Hooks

HOOKS: Mapping[str, Hooks] = {
    "brevo": brevo_hooks,
    "postmark": postmark_hooks,
    "resend": resend_hooks,
    "ses": ses_hooks,
}
