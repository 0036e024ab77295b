"""`keys`: the keys with which the service signs pushes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from messagemedia.cli.asking import require_yes
from messagemedia.cli.frame import Home, command, group
from messagemedia.cli.session import Session

if TYPE_CHECKING:
    from messagemedia import SignatureKey

_PAGE = 50

keys = group(
    "keys",
    {
        "list": Home("keys", "list_", "List the signature keys of the account."),
        "create": Home("keys", "create", "Create a key; its public key is shown only once."),
        "enable": Home("keys", "enable", "Start signing pushes with a key."),
        "disable": Home("keys", "disable", "Stop signing pushes."),
        "delete": Home("keys", "delete", "Delete a key."),
    },
    "Manage the keys that sign pushes, a feature that support enables.",
    ["messagemedia keys create", "messagemedia keys enable KEY_ID", "messagemedia keys list"],
)


@command("list", ["messagemedia keys list", "messagemedia keys list --json"], json=True)
def list_(session: Session) -> None:
    """List the signature keys of the account. The enabled one signs pushes."""
    pages = session.client.api.signature_keys.list_signature_keys_pages(page_size=_PAGE)
    found = (key for page in pages for key in page)
    if session.out.as_json:
        for key in found:
            session.out.json(key.to_dict())
    else:
        rows = ([each.key_id, each.digest, each.cipher, each.created, each.enabled] for each in found)
        session.out.rows(["key_id", "digest", "cipher", "created", "enabled"], rows)


@command(
    "create", ["messagemedia keys create", "messagemedia keys create --digest SHA512 --json > key.json"], json=True
)
@click.option(
    "--digest",
    type=click.Choice(["SHA224", "SHA256", "SHA512"]),
    default="SHA256",
    show_default=True,
    help="The digest of its signatures.",
)
def create(session: Session, *, digest: str) -> None:
    """Create a key. Its public key is shown only once, so store it.

    Give it to your application first, alongside the previous one, and then enable it.
    """
    from messagemedia import CreateSignatureKeyRequest, SignatureDigest  # noqa: PLC0415

    key = session.client.api.signature_keys.create_signature_key(
        CreateSignatureKeyRequest(digest=SignatureDigest(digest), cipher="RSA")
    )
    _show(session, key)
    session.out.note("The public key is shown only now. When your application has it:")
    session.out.note(f"  messagemedia keys enable {key.key_id}")


@command("enable", ["messagemedia keys enable 6e5e3a3c-0d5b-4f7e-8b4c-2f0c7b8f1a11"], json=True)
@click.argument("key_id", metavar="KEY_ID")
def enable(session: Session, *, key_id: str) -> None:
    """Sign pushes with this key from now on, instead of the previous one."""
    from messagemedia import EnableSignatureKeyRequest  # noqa: PLC0415

    _show(session, session.client.api.signature_keys.enable_signature_key(EnableSignatureKeyRequest(key_id=key_id)))


@command("disable", ["messagemedia keys disable"])
def disable(session: Session) -> None:
    """Stop signing pushes, whichever key is enabled. Applications that verify pushes then refuse them."""
    session.client.api.signature_keys.disable_signature_key()
    session.out.note("no key is enabled")


@command("delete", ["messagemedia keys delete KEY_ID", "messagemedia keys delete KEY_ID --yes"])
@click.argument("key_id", metavar="KEY_ID")
@click.option("--yes", is_flag=True, help="Don't ask for confirmation.")
def delete(session: Session, *, key_id: str, yes: bool) -> None:
    """Delete a key. If it is the enabled one, pushes are no longer signed."""
    if not yes:
        key = session.client.api.signature_keys.get_signature_key(key_id)
        what = "the key that signs pushes now" if key.enabled else "a key that is not enabled"
        require_yes(f"Delete {what}, {key_id}?")
    session.client.api.signature_keys.delete_signature_key(key_id)
    session.out.note("deleted")


def _show(session: Session, key: SignatureKey) -> None:
    session.out.item(key.to_dict(), key.to_dict())
