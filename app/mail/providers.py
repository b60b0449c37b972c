"""The way back of every mail provider, by its name."""

from collections.abc import Mapping

from app.mail import brevo_hooks, mailgun_hooks, postmark_hooks, resend_hooks, sendgrid_hooks, ses_hooks
from app.mail.hooks import Hooks

HOOKS: Mapping[str, Hooks] = {
    "brevo": brevo_hooks,
    "mailgun": mailgun_hooks,
    "postmark": postmark_hooks,
    "resend": resend_hooks,
    "sendgrid": sendgrid_hooks,
    "ses": ses_hooks,
}
