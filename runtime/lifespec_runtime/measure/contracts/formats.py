"""The formats of texts that ODCS names, as patterns of RE2. They tell slips from values; they are no proof."""

from __future__ import annotations

from typing import Final

_OCTET = "(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
_HOST = "[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"

PATTERNS: Final = {
    "email": rf"[A-Za-z0-9.!#$%&'*+/=?^_`{{|}}~-]{{1,64}}@{_HOST}(\.{_HOST})+",
    "hostname": rf"{_HOST}(\.{_HOST})*",
    "ipv4": rf"{_OCTET}(\.{_OCTET}){{3}}",
    "ipv6": r"[0-9A-Fa-f:]{2,39}(%[0-9A-Za-z]+)?|[0-9A-Fa-f:]{2,30}:[0-9.]{7,15}",
    "uri": r"[A-Za-z][A-Za-z0-9+.-]*:[^\s]+",
    "uuid": "[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}",
    "byte": "([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?",
    "binary": "(?s).*",
    "password": "(?s).*",
}
