"""The methods of the tag Signature Keys, blocking and awaited."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

from ...models import CreateSignatureKeyRequest, EnableSignatureKeyRequest, SignatureKey
from ...paging import pages, pages_awaited
from ...types import AsyncExecutor, Executor
from . import (
    create_signature_key as _create_signature_key,
    delete_signature_key as _delete_signature_key,
    disable_signature_key as _disable_signature_key,
    enable_signature_key as _enable_signature_key,
    get_enabled_signature_key as _get_enabled_signature_key,
    get_signature_key as _get_signature_key,
    list_signature_keys as _list_signature_keys,
)


class SignatureKeysApi:
    """Manage the keys that the service signs its pushes with, so that you can verify where they come
    from. Signed pushes are a paid feature, which support enables."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor

    def list_signature_keys(self, *, page: int, page_size: int) -> list[SignatureKey]:
        """List one page of the account's signature keys.

        Returns one page of keys, without their public keys. Pages are counted from 1, unlike those
        of webhooks. The answer does not give the total number, so read on until a page is empty.

        Args:
            page: Number of the page, counted from 1. At least 1.
            page_size: How many keys a page has. At least 1.

        Returns:
            The keys of the page, or an empty list if there are no more.

        Raises:
            ValidationError: An argument is invalid; no request was made.
            BadRequestError: (400) Refused. The page or its size is missing, or is not a usable
                number.
            AuthenticationError: (401) Refused. The key or secret is wrong, belongs to another
                region, or the signature does not match the request (the sender's clock may be
                wrong).
            PermissionDeniedError: (403) Refused. Signed pushes are not enabled for the account, or
                the key may not do this.
            ServerError: (5XX) The service failed. The body has no documented form and may be HTML.
            RateLimitError: (429) Too many requests; this one was not processed.
            TransportError: No answer came.
            InvalidResponseError: An answer came that makes no sense.
        """
        return self._executor.execute(_list_signature_keys.build(page=page, page_size=page_size))

    def list_signature_keys_pages(self, *, page_size: int) -> Iterator[list[SignatureKey]]:
        """Go through all pages of `list_signature_keys`.

        Takes the arguments of `list_signature_keys`, except the page. Each page is fetched when you
        ask for it. An empty page, or one that repeats the page before, is the end; a short page is
        not.

        Args:
            page_size: How many keys a page has. At least 1.

        Yields:
            The keys of the page, or an empty list if there are no more.

        Raises:
            ValidationError: An argument is invalid; no request was made.
            BadRequestError: (400) Refused. The page or its size is missing, or is not a usable
                number.
            AuthenticationError: (401) Refused. The key or secret is wrong, belongs to another
                region, or the signature does not match the request (the sender's clock may be
                wrong).
            PermissionDeniedError: (403) Refused. Signed pushes are not enabled for the account, or
                the key may not do this.
            ServerError: (5XX) The service failed. The body has no documented form and may be HTML.
            RateLimitError: (429) Too many requests; this one was not processed.
            TransportError: No answer came.
            InvalidResponseError: An answer came that makes no sense.
        """
        return pages(
            lambda page_: self.list_signature_keys(page=page_, page_size=page_size),
            _list_signature_keys.PAGING,
        )

    def create_signature_key(self, body: CreateSignatureKeyRequest) -> SignatureKey:
        """Create a key pair, whose public key is returned only once.

        Creates a key pair. No other answer holds the public key, so store it. The service signs
        nothing with the key until it is enabled. If the answer is lost, the key exists, but its
        public key can't be obtained any more: find it in the list by the time it was created, and
        delete it.

        Not retried automatically after it may have been processed.

        Args:
            body: What to send, a `CreateSignatureKeyRequest`.

        Returns:
            The new key, with its public key.

        Raises:
            ValidationError: An argument is invalid; no request was made.
            BadRequestError: (400) Refused. Digest or cipher is missing or unknown.
            AuthenticationError: (401) Refused. The key or secret is wrong, belongs to another
                region, or the signature does not match the request (the sender's clock may be
                wrong).
            PermissionDeniedError: (403) Refused. Signed pushes are not enabled for the account, or
                the key may not do this.
            ServerError: (5XX) The service failed. The body has no documented form and may be HTML.
            RateLimitError: (429) Too many requests; this one was not processed.
            TransportError: No answer came.
            InvalidResponseError: An answer came that makes no sense.
        """
        return self._executor.execute(_create_signature_key.build(body))

    def get_signature_key(self, key_id: str) -> SignatureKey:
        """Get one signature key, without its public key.

        Returns a key without its public key, which was returned only when the key was created.

        Args:
            key_id: Id of the key, as returned when it was created. For example
                `7ca628a8-08b0-4e42-aeb8-960b37049c31`.

        Returns:
            The key.

        Raises:
            ValidationError: An argument is invalid; no request was made.
            BadRequestError: (400) Refused. The id is not a UUID.
            AuthenticationError: (401) Refused. The key or secret is wrong, belongs to another
                region, or the signature does not match the request (the sender's clock may be
                wrong).
            PermissionDeniedError: (403) Refused. Signed pushes are not enabled for the account, or
                the key may not do this.
            NotFoundError: (404) There is no such key.
            ServerError: (5XX) The service failed. The body has no documented form and may be HTML.
            RateLimitError: (429) Too many requests; this one was not processed.
            TransportError: No answer came.
            InvalidResponseError: An answer came that makes no sense.
        """
        return self._executor.execute(_get_signature_key.build(key_id))

    def delete_signature_key(self, key_id: str) -> None:
        """Delete a signature key.

        Deletes a key permanently. What happens to pushes if the enabled key is deleted is not
        documented: enable another one first.

        If an answer is lost, the call is retried; a 404 to the retry means that it is done.

        Args:
            key_id: Id of the key, as returned when it was created. For example
                `7ca628a8-08b0-4e42-aeb8-960b37049c31`.

        Raises:
            ValidationError: An argument is invalid; no request was made.
            AuthenticationError: (401) Refused. The key or secret is wrong, belongs to another
                region, or the signature does not match the request (the sender's clock may be
                wrong).
            PermissionDeniedError: (403) Refused. Signed pushes are not enabled for the account, or
                the key may not do this.
            NotFoundError: (404) There is no such key.
            ServerError: (5XX) The service failed. The body has no documented form and may be HTML.
            RateLimitError: (429) Too many requests; this one was not processed.
            TransportError: No answer came.
            InvalidResponseError: An answer came that makes no sense.
        """
        return self._executor.execute(_delete_signature_key.build(key_id))

    def get_enabled_signature_key(self) -> SignatureKey:
        """Get the key that signs pushes now.

        Returns the enabled key. At most one key is enabled at a time.

        Returns:
            The enabled key.

        Raises:
            ValidationError: An argument is invalid; no request was made.
            AuthenticationError: (401) Refused. The key or secret is wrong, belongs to another
                region, or the signature does not match the request (the sender's clock may be
                wrong).
            PermissionDeniedError: (403) Refused. Signed pushes are not enabled for the account, or
                the key may not do this.
            NotFoundError: (404) No key is enabled, so pushes are not signed.
            ServerError: (5XX) The service failed. The body has no documented form and may be HTML.
            RateLimitError: (429) Too many requests; this one was not processed.
            TransportError: No answer came.
            InvalidResponseError: An answer came that makes no sense.
        """
        return self._executor.execute(_get_enabled_signature_key.build())

    def disable_signature_key(self) -> None:
        """Stop signing pushes.

        Disables the enabled key. Pushes are then no longer signed. If no key is enabled, nothing
        changes, and that is not an error.

        Raises:
            ValidationError: An argument is invalid; no request was made.
            AuthenticationError: (401) Refused. The key or secret is wrong, belongs to another
                region, or the signature does not match the request (the sender's clock may be
                wrong).
            PermissionDeniedError: (403) Refused. Signed pushes are not enabled for the account, or
                the key may not do this.
            ServerError: (5XX) The service failed. The body has no documented form and may be HTML.
            RateLimitError: (429) Too many requests; this one was not processed.
            TransportError: No answer came.
            InvalidResponseError: An answer came that makes no sense.
        """
        return self._executor.execute(_disable_signature_key.build())

    def enable_signature_key(self, body: EnableSignatureKeyRequest) -> SignatureKey:
        """Start signing pushes with a key.

        Enables a key, and disables the one that was enabled before. From then on, pushes are signed
        with the new key, so first give its public key to whatever verifies them.

        Args:
            body: What to send, a `EnableSignatureKeyRequest`.

        Returns:
            The key, which is enabled now.

        Raises:
            ValidationError: An argument is invalid; no request was made.
            BadRequestError: (400) Refused. The id is missing or unusable.
            AuthenticationError: (401) Refused. The key or secret is wrong, belongs to another
                region, or the signature does not match the request (the sender's clock may be
                wrong).
            PermissionDeniedError: (403) Refused. Signed pushes are not enabled for the account, or
                the key may not do this.
            NotFoundError: (404) There is no such key.
            ServerError: (5XX) The service failed. The body has no documented form and may be HTML.
            RateLimitError: (429) Too many requests; this one was not processed.
            TransportError: No answer came.
            InvalidResponseError: An answer came that makes no sense.
        """
        return self._executor.execute(_enable_signature_key.build(body))


class AsyncSignatureKeysApi:
    """Manage the keys that the service signs its pushes with, so that you can verify where they come
    from. Signed pushes are a paid feature, which support enables."""

    def __init__(self, executor: AsyncExecutor) -> None:
        self._executor = executor

    async def list_signature_keys(self, *, page: int, page_size: int) -> list[SignatureKey]:
        """List one page of the account's signature keys.

        Returns one page of keys, without their public keys. Pages are counted from 1, unlike those
        of webhooks. The answer does not give the total number, so read on until a page is empty.

        Args:
            page: Number of the page, counted from 1. At least 1.
            page_size: How many keys a page has. At least 1.

        Returns:
            The keys of the page, or an empty list if there are no more.

        Raises:
            ValidationError: An argument is invalid; no request was made.
            BadRequestError: (400) Refused. The page or its size is missing, or is not a usable
                number.
            AuthenticationError: (401) Refused. The key or secret is wrong, belongs to another
                region, or the signature does not match the request (the sender's clock may be
                wrong).
            PermissionDeniedError: (403) Refused. Signed pushes are not enabled for the account, or
                the key may not do this.
            ServerError: (5XX) The service failed. The body has no documented form and may be HTML.
            RateLimitError: (429) Too many requests; this one was not processed.
            TransportError: No answer came.
            InvalidResponseError: An answer came that makes no sense.
        """
        return await self._executor.execute(_list_signature_keys.build(page=page, page_size=page_size))

    def list_signature_keys_pages(self, *, page_size: int) -> AsyncIterator[list[SignatureKey]]:
        """Go through all pages of `list_signature_keys`.

        Takes the arguments of `list_signature_keys`, except the page. Each page is fetched when you
        ask for it. An empty page, or one that repeats the page before, is the end; a short page is
        not.

        Args:
            page_size: How many keys a page has. At least 1.

        Yields:
            The keys of the page, or an empty list if there are no more.

        Raises:
            ValidationError: An argument is invalid; no request was made.
            BadRequestError: (400) Refused. The page or its size is missing, or is not a usable
                number.
            AuthenticationError: (401) Refused. The key or secret is wrong, belongs to another
                region, or the signature does not match the request (the sender's clock may be
                wrong).
            PermissionDeniedError: (403) Refused. Signed pushes are not enabled for the account, or
                the key may not do this.
            ServerError: (5XX) The service failed. The body has no documented form and may be HTML.
            RateLimitError: (429) Too many requests; this one was not processed.
            TransportError: No answer came.
            InvalidResponseError: An answer came that makes no sense.
        """
        return pages_awaited(
            lambda page_: self.list_signature_keys(page=page_, page_size=page_size),
            _list_signature_keys.PAGING,
        )

    async def create_signature_key(self, body: CreateSignatureKeyRequest) -> SignatureKey:
        """Create a key pair, whose public key is returned only once.

        Creates a key pair. No other answer holds the public key, so store it. The service signs
        nothing with the key until it is enabled. If the answer is lost, the key exists, but its
        public key can't be obtained any more: find it in the list by the time it was created, and
        delete it.

        Not retried automatically after it may have been processed.

        Args:
            body: What to send, a `CreateSignatureKeyRequest`.

        Returns:
            The new key, with its public key.

        Raises:
            ValidationError: An argument is invalid; no request was made.
            BadRequestError: (400) Refused. Digest or cipher is missing or unknown.
            AuthenticationError: (401) Refused. The key or secret is wrong, belongs to another
                region, or the signature does not match the request (the sender's clock may be
                wrong).
            PermissionDeniedError: (403) Refused. Signed pushes are not enabled for the account, or
                the key may not do this.
            ServerError: (5XX) The service failed. The body has no documented form and may be HTML.
            RateLimitError: (429) Too many requests; this one was not processed.
            TransportError: No answer came.
            InvalidResponseError: An answer came that makes no sense.
        """
        return await self._executor.execute(_create_signature_key.build(body))

    async def get_signature_key(self, key_id: str) -> SignatureKey:
        """Get one signature key, without its public key.

        Returns a key without its public key, which was returned only when the key was created.

        Args:
            key_id: Id of the key, as returned when it was created. For example
                `7ca628a8-08b0-4e42-aeb8-960b37049c31`.

        Returns:
            The key.

        Raises:
            ValidationError: An argument is invalid; no request was made.
            BadRequestError: (400) Refused. The id is not a UUID.
            AuthenticationError: (401) Refused. The key or secret is wrong, belongs to another
                region, or the signature does not match the request (the sender's clock may be
                wrong).
            PermissionDeniedError: (403) Refused. Signed pushes are not enabled for the account, or
                the key may not do this.
            NotFoundError: (404) There is no such key.
            ServerError: (5XX) The service failed. The body has no documented form and may be HTML.
            RateLimitError: (429) Too many requests; this one was not processed.
            TransportError: No answer came.
            InvalidResponseError: An answer came that makes no sense.
        """
        return await self._executor.execute(_get_signature_key.build(key_id))

    async def delete_signature_key(self, key_id: str) -> None:
        """Delete a signature key.

        Deletes a key permanently. What happens to pushes if the enabled key is deleted is not
        documented: enable another one first.

        If an answer is lost, the call is retried; a 404 to the retry means that it is done.

        Args:
            key_id: Id of the key, as returned when it was created. For example
                `7ca628a8-08b0-4e42-aeb8-960b37049c31`.

        Raises:
            ValidationError: An argument is invalid; no request was made.
            AuthenticationError: (401) Refused. The key or secret is wrong, belongs to another
                region, or the signature does not match the request (the sender's clock may be
                wrong).
            PermissionDeniedError: (403) Refused. Signed pushes are not enabled for the account, or
                the key may not do this.
            NotFoundError: (404) There is no such key.
            ServerError: (5XX) The service failed. The body has no documented form and may be HTML.
            RateLimitError: (429) Too many requests; this one was not processed.
            TransportError: No answer came.
            InvalidResponseError: An answer came that makes no sense.
        """
        return await self._executor.execute(_delete_signature_key.build(key_id))

    async def get_enabled_signature_key(self) -> SignatureKey:
        """Get the key that signs pushes now.

        Returns the enabled key. At most one key is enabled at a time.

        Returns:
            The enabled key.

        Raises:
            ValidationError: An argument is invalid; no request was made.
            AuthenticationError: (401) Refused. The key or secret is wrong, belongs to another
                region, or the signature does not match the request (the sender's clock may be
                wrong).
            PermissionDeniedError: (403) Refused. Signed pushes are not enabled for the account, or
                the key may not do this.
            NotFoundError: (404) No key is enabled, so pushes are not signed.
            ServerError: (5XX) The service failed. The body has no documented form and may be HTML.
            RateLimitError: (429) Too many requests; this one was not processed.
            TransportError: No answer came.
            InvalidResponseError: An answer came that makes no sense.
        """
        return await self._executor.execute(_get_enabled_signature_key.build())

    async def disable_signature_key(self) -> None:
        """Stop signing pushes.

        Disables the enabled key. Pushes are then no longer signed. If no key is enabled, nothing
        changes, and that is not an error.

        Raises:
            ValidationError: An argument is invalid; no request was made.
            AuthenticationError: (401) Refused. The key or secret is wrong, belongs to another
                region, or the signature does not match the request (the sender's clock may be
                wrong).
            PermissionDeniedError: (403) Refused. Signed pushes are not enabled for the account, or
                the key may not do this.
            ServerError: (5XX) The service failed. The body has no documented form and may be HTML.
            RateLimitError: (429) Too many requests; this one was not processed.
            TransportError: No answer came.
            InvalidResponseError: An answer came that makes no sense.
        """
        return await self._executor.execute(_disable_signature_key.build())

    async def enable_signature_key(self, body: EnableSignatureKeyRequest) -> SignatureKey:
        """Start signing pushes with a key.

        Enables a key, and disables the one that was enabled before. From then on, pushes are signed
        with the new key, so first give its public key to whatever verifies them.

        Args:
            body: What to send, a `EnableSignatureKeyRequest`.

        Returns:
            The key, which is enabled now.

        Raises:
            ValidationError: An argument is invalid; no request was made.
            BadRequestError: (400) Refused. The id is missing or unusable.
            AuthenticationError: (401) Refused. The key or secret is wrong, belongs to another
                region, or the signature does not match the request (the sender's clock may be
                wrong).
            PermissionDeniedError: (403) Refused. Signed pushes are not enabled for the account, or
                the key may not do this.
            NotFoundError: (404) There is no such key.
            ServerError: (5XX) The service failed. The body has no documented form and may be HTML.
            RateLimitError: (429) Too many requests; this one was not processed.
            TransportError: No answer came.
            InvalidResponseError: An answer came that makes no sense.
        """
        return await self._executor.execute(_enable_signature_key.build(body))
