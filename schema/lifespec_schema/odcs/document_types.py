"""Parts of a contract that tell people something: who, where to ask, what it costs, what it means."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from .nodes import Fields, Node

LINKED: Final[Fields] = {"authoritativeDefinitions": "[AuthoritativeDefinition]", "tags": "[string]"}
CUSTOM: Final[Fields] = {"customProperties": "[CustomProperty]"}

DOCUMENT_NODES: Final[Mapping[str, Node]] = {
    "Description": Node(
        "a description",
        described={
            **CUSTOM,
            "usage": "string",
            "purpose": "string",
            "limitations": "string",
            "authoritativeDefinitions": "[AuthoritativeDefinition]",
        },
        open=True,
    ),
    "AuthoritativeDefinition": Node(
        "an authoritative definition",
        described=dict.fromkeys(("id", "url", "type", "description"), "string"),
        required=("url", "type"),
    ),
    "CustomProperty": Node(
        "a custom property",
        used={"property": "string", "value": "any"},
        described={"id": "string", "description": "string", "vendor": "3.2:string"},
        required=("property", "value"),
    ),
    "Support": Node(
        "a support channel",
        described={
            **CUSTOM,
            **dict.fromkeys(("id", "channel", "url", "description", "tool", "scope", "invitationUrl"), "string"),
        },
        required=("channel",),
    ),
    "Price": Node(
        "a price",
        described={
            "id": "string",
            "priceAmount": "number",
            "priceCurrency": "string",
            "priceUnit": "string",
        },
    ),
    "Team": Node(
        "a team",
        described={
            **LINKED,
            **CUSTOM,
            "id": "string",
            "name": "string",
            "description": "string",
            "members": "[TeamMember]",
        },
    ),
    "TeamMember": Node(
        "a member of a team",
        described={
            **LINKED,
            **CUSTOM,
            **dict.fromkeys(
                ("id", "username", "name", "description", "role", "dateIn", "dateOut", "replacedByUsername"), "string"
            ),
        },
        required=("username",),
    ),
    "Role": Node(
        "a role",
        described={
            **CUSTOM,
            **dict.fromkeys(
                ("id", "role", "description", "access", "firstLevelApprovers", "secondLevelApprovers"), "string"
            ),
        },
        required=("role",),
    ),
    "Synonym": Node(
        "a synonym",
        described={
            **CUSTOM,
            **dict.fromkeys(("id", "synonym", "description", "locale", "source", "status"), "string"),
        },
        required=("synonym",),
    ),
    "Context": Node(
        "a context",
        described={
            "instructions": "string",
            "verifiedStatements": "[VerifiedStatement]",
            "constraints": "[ContextConstraint]",
        },
    ),
    "VerifiedStatement": Node(
        "a verified statement",
        described={**LINKED, **CUSTOM, **dict.fromkeys(("id", "question", "answer"), "string")},
        required=("question",),
    ),
    "ContextConstraint": Node(
        "a constraint of a context",
        described={**LINKED, **CUSTOM, "id": "string", "constraint": "string"},
        required=("constraint",),
    ),
}
"""Custom properties among them: a few of those have a meaning, see `custom`."""
