"""The model `EnableSignatureKeyRequest`."""

from __future__ import annotations

from typing import Any

from attrs import define

from ..dicts import as_dict
from ..hints import names_its_fields
from ..writing import Problems, write_text


@names_its_fields
@define(kw_only=True)
class EnableSignatureKeyRequest:
    """The key to enable.

    Attributes:
        key_id: Id of the key. Required.
    """

    key_id: str
    """Id of the key. For example `7ca628a8-08b0-4e42-aeb8-960b37049c31`."""

    def to_dict(self) -> dict[str, Any]:
        """The fields as JSON values under the API's names, without those that are None.

        Raises:
            TypeError: If a field holds what JSON can't express.
        """
        return as_dict(self)

    def to_json(self, problems: Problems, at: str = "") -> dict[str, Any]:
        """The JSON object to send. What is wrong with it is added to `problems`; `at` is the place of the object."""
        json: dict[str, Any] = {}
        json["key_id"] = write_text(self.key_id, problems, f"{at}/key_id")
        return json
