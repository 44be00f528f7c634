"""The fields of the Open Data Contract Standard 3.1.0 and 3.2.0, and what lifespec makes of each (see `nodes`)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from .document_types import CUSTOM, DOCUMENT_NODES, LINKED
from .nodes import Fields, Node
from .server_types import SERVER_NODES, SERVER_TYPES

LOGICAL_TYPES: Final = ("string", "date", "timestamp", "time", "number", "integer", "object", "array", "boolean")

DIMENSIONS: Final = {
    "ac": "accuracy",
    "cp": "completeness",
    "cf": "conformity",
    "cs": "consistency",
    "cv": "coverage",
    "tm": "timeliness",
    "uq": "uniqueness",
}
"""The quality dimensions by their short forms, which the standard's text has and its JSON Schema lacks."""

WORDS: Final[Mapping[str, tuple[str, ...]]] = {
    "Kind": ("DataContract",),
    "ObjectType": ("object", "blob"),
    "LogicalType": (*LOGICAL_TYPES, "3.2:map", "3.2:vector"),
    "SemanticType": ("column", "measure", "dimension"),
    "ServerType": SERVER_TYPES,
    "QualityType": ("text", "library", "sql", "custom"),
    "LibraryMetric": ("nullValues", "missingValues", "invalidValues", "duplicateValues", "rowCount"),
    "Dimension": (*DIMENSIONS.values(), *DIMENSIONS),
    "RelationshipType": ("foreignKey",),
    "IntegerFormat": ("i8", "i16", "i32", "i64", "i128", "u8", "u16", "u32", "u64", "u128"),
    "NumberFormat": ("f32", "f64"),
    "ElementType": ("bfloat16", "binary", "float16", "float32", "float64", "int8", "uint8"),
    "DistanceMetric": ("cosine", "dotProduct", "euclidean", "hamming", "manhattan"),
}

_OPERATORS: Final = {
    "mustBe": "any",
    "mustNotBe": "any",
    "mustBeGreaterThan": "number",
    "mustBeGreaterOrEqualTo": "number",
    "mustBeLessThan": "number",
    "mustBeLessOrEqualTo": "number",
    "mustBeBetween": "pair",
    "mustNotBeBetween": "pair",
}
OPERATORS: Final = tuple(_OPERATORS)
"""The comparisons of a quality rule, of which it has exactly one."""

_ELEMENT: Final = {
    **LINKED,
    "id": "string",
    "businessName": "string",
    "physicalType": "string",
    "synonyms": "3.2:[Synonym]",
}
_COLUMN_DESCRIBED: Final = {
    **_ELEMENT,
    "examples": "[any]",
    "criticalDataElement": "boolean",
    "transformSourceObjects": "[string]",
    "transformLogic": "string",
    "transformDescription": "string",
}
_COLUMN_UNUSED: Final = {
    "physicalName": "string",
    "primaryKeyPosition": "integer",
    "partitioned": "boolean",
    "partitionKeyPosition": "integer",
    "encryptedName": "string",
    "deprecated": "3.2:boolean",
    "semanticType": "3.2:=SemanticType",
}
_COLUMN_USED: Final = {
    **CUSTOM,
    "name": "string",
    "description": "string",
    "primaryKey": "boolean",
    "logicalType": "=LogicalType",
    "required": "boolean",
    "unique": "boolean",
    "classification": "string",
    "quality": "[Quality]",
    "relationships": "[PropertyRelationship]",
    "enum": "3.2:[EnumValue]",
}
_COLUMN_VARIANTS: Final = {logical: f"{logical.title()}Column" for logical in (*LOGICAL_TYPES, "map", "vector")}
_STRICT: Final = {"maximum": "number", "minimum": "number"}
_MOMENT_UNUSED: Final[Fields] = dict.fromkeys(("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"), "string")
_NUMBER_UNUSED: Final = {"multipleOf": "number", "exclusiveMaximum": "number", "exclusiveMinimum": "number"}

NODES: Final[Mapping[str, Node]] = {
    "Contract": Node(
        "a data contract",
        used={
            "apiVersion": "string",
            "kind": "=Kind",
            "schema": "[SchemaObject]",
            "servers": "[Server]",
            "slaProperties": "[ServiceLevel]",
            "slaDefaultElement": "string",
            **CUSTOM,
        },
        described={
            **LINKED,
            "version": "string",
            "id": "string",
            "name": "string",
            "tenant": "string",
            "status": "string",
            "dataProduct": "string",
            "description": "Description",
            "domain": "string",
            "support": "[Support]",
            "price": "Price",
            "team": "Team|[TeamMember]",
            "roles": "[Role]",
            "contractCreatedTs": "string",
            "context": "3.2:string|Context",
        },
        required=("version", "apiVersion", "kind", "id", "status<3.2"),
    ),
    "SchemaObject": Node(
        "a schema object",
        used={
            **CUSTOM,
            "name": "string",
            "description": "string",
            "properties": "[SchemaProperty]",
            "quality": "[Quality]",
            "relationships": "[ObjectRelationship]",
        },
        described={
            **_ELEMENT,
            "logicalType": "=ObjectType",
            "dataGranularityDescription": "string",
            "context": "3.2:string|Context",
        },
        unused={"physicalName": "string", "deprecated": "3.2:boolean"},
        required=("name",),
    ),
    "SchemaProperty": Node(
        "a schema property",
        used=_COLUMN_USED,
        described=_COLUMN_DESCRIBED,
        unused=_COLUMN_UNUSED,
        required=("name",),
        tag="logicalType",
        variants=_COLUMN_VARIANTS,
        untagged="UntypedColumn",
    ),
    "ItemProperty": Node(
        "the type of an item",
        used={**_COLUMN_USED, "properties": "[SchemaProperty]"},
        described=_COLUMN_DESCRIBED,
        unused=_COLUMN_UNUSED,
        tag="logicalType",
        variants=_COLUMN_VARIANTS,
        untagged="UntypedColumn",
    ),
    "UntypedColumn": Node(
        "a property without a logicalType",
        unused={"logicalTypeOptions": "NoOptions", "properties": "[SchemaProperty]", "items": "ItemProperty"},
    ),
    "BooleanColumn": Node("a boolean property", unused={"logicalTypeOptions": "object"}),
    "StringColumn": Node("a string property", used={"logicalTypeOptions": "StringOptions"}),
    "DateColumn": Node("a date property", used={"logicalTypeOptions": "DateOptions"}),
    "TimestampColumn": Node("a timestamp property", used={"logicalTypeOptions": "TimestampOptions"}),
    "TimeColumn": Node("a time property", used={"logicalTypeOptions": "TimestampOptions"}),
    "NumberColumn": Node("a number property", used={"logicalTypeOptions": "NumberOptions"}),
    "IntegerColumn": Node("an integer property", used={"logicalTypeOptions": "IntegerOptions"}),
    "ObjectColumn": Node(
        "an object property", unused={"logicalTypeOptions": "ObjectOptions", "properties": "[SchemaProperty]"}
    ),
    "ArrayColumn": Node("an array property", unused={"logicalTypeOptions": "ArrayOptions", "items": "ItemProperty"}),
    "MapColumn": Node("a map property", unused={"logicalTypeOptions": "object", "map": "3.2:Map"}, required=("map",)),
    "VectorColumn": Node(
        "a vector property", unused={"logicalTypeOptions": "VectorOptions"}, required=("logicalTypeOptions",)
    ),
    "NoOptions": Node("the options of a property without a logicalType"),
    "StringOptions": Node(
        "the options of a string",
        used={"minLength": "natural", "maxLength": "natural", "pattern": "string", "format": "string"},
    ),
    "DateOptions": Node("the options of a date", used={"format": "string"}, unused=_MOMENT_UNUSED),
    "TimestampOptions": Node(
        "the options of a timestamp or time",
        used={"format": "string"},
        unused={**_MOMENT_UNUSED, "timezone": "boolean", "defaultTimezone": "string"},
    ),
    "NumberOptions": Node(
        "the options of a number", used=_STRICT, unused={**_NUMBER_UNUSED, "format": "=NumberFormat"}
    ),
    "IntegerOptions": Node(
        "the options of an integer", used=_STRICT, unused={**_NUMBER_UNUSED, "format": "=IntegerFormat"}
    ),
    "ObjectOptions": Node(
        "the options of an object",
        unused={"maxProperties": "natural", "minProperties": "natural", "required": "[string]"},
    ),
    "ArrayOptions": Node(
        "the options of an array", unused={"maxItems": "natural", "minItems": "natural", "uniqueItems": "boolean"}
    ),
    "VectorOptions": Node(
        "the options of a vector",
        unused={
            "dimensions": "positive",
            "elementType": "=ElementType",
            "distanceMetric": "=DistanceMetric",
            "embeddingModel": "string",
            "embeddingModelVersion": "string",
            "normalized": "boolean",
        },
        required=("dimensions",),
    ),
    "Map": Node("a map", unused={"key": "ItemProperty", "value": "ItemProperty"}, required=("key", "value")),
    "EnumValue": Node(
        "a value of an enum",
        used={"value": "scalar"},
        described={**LINKED, **CUSTOM, "label": "string", "id": "string", "description": "string"},
        required=("value",),
    ),
    "ObjectRelationship": Node(
        "a relationship",
        used={"type": "=RelationshipType", "from": "string|[string]", "to": "string|[string]"},
        described={**CUSTOM, "id": "3.2:string"},
        required=("from", "to"),
    ),
    "PropertyRelationship": Node(
        "a property's relationship",
        used={"type": "=RelationshipType", "to": "string|[string]"},
        described={**CUSTOM, "id": "3.2:string"},
        required=("to",),
    ),
    "Quality": Node(
        "a quality rule",
        used={"type": "=QualityType", "severity": "string", "dimension": "=Dimension", "unit": "string"},
        described={
            **LINKED,
            **CUSTOM,
            "id": "string",
            "businessImpact": "string",
            "description": "string",
            "name": "string",
        },
        unused={"method": "string", "schedule": "string", "scheduler": "string"},
        tag="type",
        variants={"text": "TextRule", "library": "LibraryRule", "sql": "SqlRule", "custom": "CustomRule"},
        untagged="LibraryRule",
    ),
    "TextRule": Node("a text rule"),
    "LibraryRule": Node(
        "a library rule",
        used={**_OPERATORS, "metric": "=LibraryMetric", "arguments": "object"},
        unused={"rule": "string"},
        required=("metric",),
    ),
    "SqlRule": Node("an SQL rule", used={**_OPERATORS, "query": "string"}, required=("query",)),
    "CustomRule": Node(
        "a custom rule",
        used={"engine": "string", "implementation": "string|object"},
        required=("engine", "implementation"),
    ),
    "ServiceLevel": Node(
        "a service-level property",
        used={"property": "string", "value": "scalar", "unit": "string", "element": "string"},
        described={
            "id": "string",
            "driver": "string",
            "description": "string",
            "customProperties": "3.2:[CustomProperty]",
            "authoritativeDefinitions": "3.2:[AuthoritativeDefinition]",
        },
        unused={"valueExt": "scalar", "scheduler": "string", "schedule": "string"},
        required=("property", "value"),
    ),
    **SERVER_NODES,
    **DOCUMENT_NODES,
}
