"""Posts to Slack and Teams: harmless whatever a name holds, and honest about what came of them."""

import json

import pytest

from app.errors import Unprocessable
from app.mail import slack, teams
from app.mail.chat_hooks import sound_hook
from app.mail.outbound import OutcomeKind

HOSTILE = "<!channel> <@U1> [pay](https://evil.example/x) *Robin* & <https://evil.example|us>"


def test_slack_mentions_nobody_and_links_only_what_is_an_address() -> None:
    """Control characters are escaped; our own link is one; the words stay readable."""
    post = json.loads(slack.build(f"Overdue: {HOSTILE}", f"{HOSTILE}\n\nOpen: https://ats.example/a?b=1&c=2"))
    header, first, second = post["blocks"]
    assert header["text"]["type"] == "plain_text"
    assert "<!" not in first["text"]["text"]
    assert "<@" not in first["text"]["text"]
    assert first["text"]["verbatim"] is True
    assert second["text"]["text"] == "Open: <https://ats.example/a?b=1&amp;c=2>"
    assert "<" not in post["text"]
    assert post["unfurl_links"] is False


def test_teams_writes_runs_that_know_no_markdown() -> None:
    """No text block, in which a name could make a link; addresses become buttons that say where they lead."""
    card = json.loads(teams.build(HOSTILE, f"{HOSTILE}\n\nhttps://ats.example/a"))["attachments"][0][
        "content"
    ]
    assert {block["type"] for block in card["body"]} == {"RichTextBlock"}
    assert card["body"][0]["inlines"][0]["text"] == HOSTILE
    assert [action["title"] for action in card["actions"]][-1] == "Open ats.example"


@pytest.mark.parametrize("text", ["x" * 60_000, "word " * 12_000, "a\n\n" * 3_000, ""])
def test_a_post_stays_within_what_the_rooms_take(text: str) -> None:
    """Slack: 50 blocks of 3,000 characters; Teams: 28 kB."""
    post = json.loads(slack.build("S" * 500, text))
    assert len(post["blocks"]) <= 50
    assert all(0 < len(block["text"]["text"]) <= 3_000 for block in post["blocks"])
    assert len(teams.build("S" * 500, text[:20_000])) <= 28_000 or text.startswith("a\n")


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (200, b"ok", OutcomeKind.ACCEPTED),
        (200, b"<html>", OutcomeKind.AMBIGUOUS),
        (400, b"invalid_payload", OutcomeKind.PERMANENT),
        (404, b"no_service", OutcomeKind.CONFIGURATION),
        (410, b"channel_is_archived", OutcomeKind.CONFIGURATION),
        (500, b"rollup_error", OutcomeKind.AMBIGUOUS),
    ],
)
def test_what_slack_answers(status: int, body: bytes, kind: OutcomeKind) -> None:
    """Only ok is sent; only what is proven not to be there may be tried again."""
    assert slack.parse(status, {}, body).kind is kind


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (202, b"", OutcomeKind.ACCEPTED),
        (200, b"1", OutcomeKind.ACCEPTED),
        (200, b"Microsoft Teams endpoint returned HTTP error 429 with ContextId x", OutcomeKind.NOT_SENT),
        (200, b"Webhook message delivery failed", OutcomeKind.AMBIGUOUS),
        (404, b"", OutcomeKind.CONFIGURATION),
        (502, b"", OutcomeKind.AMBIGUOUS),
    ],
)
def test_what_teams_answers(status: int, body: bytes, kind: OutcomeKind) -> None:
    """A success may hold an error; a 5xx may have arrived."""
    assert teams.parse(status, {}, body).kind is kind


@pytest.mark.parametrize("parse", [slack.parse, teams.parse])
def test_a_room_that_is_busy_says_when(parse: type) -> None:
    """429 is not sent, and waits as long as is asked."""
    outcome = parse(429, {"retry-after": "30"}, b"")
    assert outcome.kind is OutcomeKind.NOT_SENT
    assert outcome.retry_after.total_seconds() == 30


@pytest.mark.parametrize(
    ("channel", "url"),
    [
        ("slack", "https://hooks.slack.com/services/T0/B0/x"),
        ("teams", "https://ostwind.webhook.office.com/webhookb2/1"),
        ("teams", "https://prod-1.westeurope.logic.azure.com:443/workflows/1?sig=x"),
        ("teams", "https://d1.a.environment.api.powerplatform.com:443/powerautomate/1?sig=x"),
    ],
)
def test_the_vendors_own_addresses_are_taken(channel: str, url: str) -> None:
    """As their pages show them."""
    assert sound_hook(channel, url, trial=False) == url


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.slack.com/services/T0/B0/x",
        "https://hooks.slack.com.evil.example/x",
        "https://evil.example/hooks.slack.com",
        "https://hooks.slack.com@evil.example/x",
        "https://hooks.slack.com:8443/x",
        "https://127.0.0.1/x",
        "https://169.254.169.254/latest",
        "https://[::1]/x",
        "https://hooks.slack.com/x y",
        "https://hooks.slack.com/\n",
        "https://prod.logic.azure.com/x",
        "https://[/x",
    ],
)
def test_no_other_address_is_posted_to(url: str) -> None:
    """Not even one that looks like it; the refusal does not repeat it."""
    with pytest.raises(Unprocessable) as refused:
        sound_hook("slack", url, trial=False)
    assert url not in str(refused.value)


def test_this_machine_is_a_room_on_trial_only() -> None:
    """For trying out."""
    assert sound_hook("teams", "http://127.0.0.1:9/x", trial=True)
    with pytest.raises(Unprocessable):
        sound_hook("teams", "http://127.0.0.1:9/x", trial=False)
    with pytest.raises(Unprocessable):
        sound_hook("teams", "http://10.0.0.1:9/x", trial=True)
