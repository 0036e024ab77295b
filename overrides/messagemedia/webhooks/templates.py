"""One template for a webhook that gets several kinds of events."""

from __future__ import annotations

from messagemedia_generated.models import DeliveryReport, OptOut, Reply

from messagemedia.errors import FieldError, ValidationError

# What only the event of a kind has, as a template asks for it; the last one is what is left.
_Kind = type[DeliveryReport | OptOut | Reply]
_IF: dict[_Kind, str] = {DeliveryReport: "$reportId", OptOut: "$notificationId", Reply: "$replyId"}


def template(*kinds: type[DeliveryReport | OptOut | Reply]) -> str:
    """The `template` for `create_webhook` with which `Webhooks` recognizes each event, and reads all of it.

    An address and method can have only one webhook, so one that gets replies, reports and opt-outs needs one template
    for all of them. For a single kind, this is its `webhook_template()`.

    Args:
        kinds: `Reply`, `DeliveryReport`, `OptOut`; all three, if left out.

    Raises:
        ValidationError: One of them is another kind.
    """
    wanted = set(kinds or _IF)
    if wanted - _IF.keys():
        raise ValidationError([FieldError("must be some of Reply, DeliveryReport and OptOut", "kinds")])
    *first, last = (kind for kind in _IF if kind in wanted)
    branches = "".join(f"#elseif({_IF[kind]}){kind.webhook_template()}" for kind in first)
    if not branches:
        return last.webhook_template()
    return f"{branches.replace('#elseif', '#if', 1)}#{{else}}{last.webhook_template()}#end"
