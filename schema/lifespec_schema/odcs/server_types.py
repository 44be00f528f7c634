"""The server types of the Open Data Contract Standard 3.1.0 and 3.2.0 and the fields of each.

lifespec reads files, so only the servers that have a location or a path can become a source.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from .nodes import Fields, Node

_PORT: Final[Fields] = {"host": "string", "port": "port"}
_DATABASE: Final[Fields] = {**_PORT, "database": "string"}
_FILES: Final[Fields] = {"delimiter": "string", "encoding": "3.2:string"}
_LOCATED: Final[Fields] = {"location": "string", "format": "string"}
_HOST_AND_DATABASE: Final = ("host", "database")
_ADDRESS: Final = ("host", "port", "database")


def _strings(*names: str) -> Fields:
    return dict.fromkeys(names, "string")


def _elsewhere(unused: Fields, *required: str) -> Node:
    return Node("", unused=unused, required=required)


_FIELDS: Final[Mapping[str, Node]] = {
    "api": Node("", used=_strings("location"), required=("location",)),
    "athena": _elsewhere(
        {**_strings("stagingDir", "schema", "catalog", "regionName"), "workgroup": "3.2:string"},
        "schema",
        "stagingDir<3.2",
    ),
    "azure": Node("", used=_LOCATED, unused=_FILES, required=("location", "format")),
    "bigquery": _elsewhere(_strings("project", "dataset"), "project", "dataset"),
    "clickhouse": _elsewhere(_DATABASE, *_ADDRESS),
    "cloudsql": _elsewhere({**_DATABASE, "schema": "string"}, *_ADDRESS, "schema"),
    "custom": Node(
        "",
        used={**_LOCATED, "path": "string"},
        unused={
            **_FILES,
            **_DATABASE,
            **_strings("account", "catalog", "dataset", "endpointUrl", "project", "region", "regionName", "schema"),
            **_strings("serviceName", "stagingDir", "warehouse", "stream"),
        },
    ),
    "databricks": _elsewhere(_strings("host", "catalog", "schema"), "catalog", "schema"),
    "db2": _elsewhere({**_DATABASE, "schema": "string"}, *_ADDRESS),
    "denodo": _elsewhere(_DATABASE, "host", "port"),
    "dremio": _elsewhere({**_PORT, "schema": "string"}, "host", "port"),
    "duckdb": _elsewhere(_strings("database", "schema"), "database"),
    "glue": Node(
        "",
        used=_LOCATED,
        unused={**_strings("account", "database"), "encoding": "3.2:string"},
        required=("account", "database"),
    ),
    "hive": _elsewhere(_DATABASE, *_HOST_AND_DATABASE),
    "impala": _elsewhere(_DATABASE, *_HOST_AND_DATABASE),
    "informix": _elsewhere(_DATABASE, *_HOST_AND_DATABASE),
    "kafka": _elsewhere({**_strings("host", "format"), "encoding": "3.2:string"}, "host"),
    "kinesis": _elsewhere({**_strings("region", "format"), "encoding": "3.2:string"}),
    "local": Node("", used=_strings("path", "format"), unused={"encoding": "3.2:string"}, required=("path", "format")),
    "mysql": _elsewhere(_DATABASE, *_ADDRESS),
    "oracle": _elsewhere({**_PORT, "serviceName": "string"}, "host", "port", "serviceName"),
    "postgres": _elsewhere({**_DATABASE, "schema": "string"}, *_ADDRESS, "schema"),
    "presto": _elsewhere(_strings("host", "catalog", "schema"), "host"),
    "pubsub": _elsewhere(_strings("project"), "project"),
    "redshift": _elsewhere(_strings("host", "database", "schema", "region", "account"), "database", "schema"),
    "s3": Node("", used=_LOCATED, unused={**_FILES, "endpointUrl": "string"}, required=("location",)),
    "sftp": Node("", used=_LOCATED, unused=_FILES, required=("location",)),
    "snowflake": _elsewhere(
        {**_DATABASE, **_strings("account", "schema", "warehouse")}, "account", "database", "schema"
    ),
    "sqlserver": _elsewhere({**_DATABASE, "schema": "string"}, *_HOST_AND_DATABASE, "schema"),
    "synapse": _elsewhere(_DATABASE, *_ADDRESS),
    "trino": _elsewhere({**_PORT, **_strings("catalog", "schema")}, "host", "port", "catalog", "schema"),
    "vertica": _elsewhere({**_DATABASE, "schema": "string"}, *_ADDRESS, "schema"),
    "zen": _elsewhere(_DATABASE, *_HOST_AND_DATABASE),
}

_FIELDS_OF_3_2: Final[Mapping[str, Node]] = {
    "exasol": _elsewhere({**_PORT, "schema": "string"}, "host"),
    "hana": _elsewhere({**_DATABASE, "schema": "string"}, "host"),
    "iceberg": _elsewhere(_strings("catalog", "catalogUrl", "namespace", "warehouse"), "catalog", "catalogUrl"),
    "ingres": _elsewhere(_DATABASE, *_HOST_AND_DATABASE),
    "poet": _elsewhere(_DATABASE, "database"),
    "teradata": _elsewhere(_DATABASE, "host"),
    "versant": _elsewhere(_DATABASE, "database"),
}

_NAMED_ALIKE: Final = {"postgresql": "postgres"}
_NAMED_ALIKE_IN_3_2: Final = {"btrieve": "zen", "fastobjects": "poet", "vectorwise": "ingres"}

SERVER_TYPES: Final = (
    *_FIELDS,
    *_NAMED_ALIKE,
    *(f"3.2:{server}" for server in (*_FIELDS_OF_3_2, *_NAMED_ALIKE_IN_3_2)),
)
"""The values of a server's `type`."""


def _named(server: str) -> str:
    return f"Server of type {server}"


SERVER_NODES: Final[Mapping[str, Node]] = {
    "Server": Node(
        "a server",
        used={"type": "=ServerType", "environment": "string", "customProperties": "[CustomProperty]"},
        described={"id": "string", "server": "string", "description": "string", "roles": "[Role]"},
        required=("server", "type"),
        tag="type",
        variants={
            **{server: _named(server) for server in (*_FIELDS, *_FIELDS_OF_3_2)},
            **{alias: _named(server) for alias, server in (_NAMED_ALIKE | _NAMED_ALIKE_IN_3_2).items()},
        },
    ),
    **{
        _named(server): node._replace(what=f"a server of type {server}")
        for server, node in (*_FIELDS.items(), *_FIELDS_OF_3_2.items())
    },
}
