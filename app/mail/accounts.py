"""What can be asked of every HTTP mail provider, by the kind of its route."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from app.mail import (
    brevo_account,
    mailgun_account,
    postmark_account,
    resend_account,
    sendgrid_account,
    ses_account,
)
from app.mail.account import Question

QUESTIONS: Mapping[str, Callable[[Any, str], tuple[Question, ...]]] = MappingProxyType(
    {
        "brevo": brevo_account.questions,
        "mailgun": mailgun_account.questions,
        "postmark": postmark_account.questions,
        "resend": resend_account.questions,
        "sendgrid": sendgrid_account.questions,
        "ses": ses_account.questions,
    }
)
"""Each takes the provider's settings and the sender's domain, in lower case."""
