"""Secrets that stand in the spec. What was found is never shown, only where it stands."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from lifespec_schema.findings import Path, Severity, show_path

from .context import Context
from .rule import Issue, rule
from .values import leaves

if TYPE_CHECKING:
    from lifespec_compiler.plan import Plan

ENVIRONMENT: Path = ("spec", "serving", "env")

_MARKS: Final[dict[tuple[str, ...], tuple[str, str]]] = {
    ("PRIVATE KEY",): ("a private key", r"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----"),
    ("AKIA",): ("an access key of AWS", r"\bAKIA[A-Z2-7]{16}\b"),
    ("ASIA",): ("an access key of AWS", r"\bASIA[A-Z2-7]{16}\b"),
    ("gh",): ("a token of GitHub", r"\b(?:gh[oprsu]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{60,})"),
    ("glpat-",): ("a token of GitLab", r"\bglpat-[\w-]{20,}"),
    ("xox",): ("a token of Slack", r"\bxox[abprs]-[A-Za-z0-9-]{10,}"),
    ("hooks.slack.com",): ("a web hook of Slack", r"hooks\.slack\.com/services/T\w+/B\w+/\w{16,}"),
    ("AIza",): ("an API key of Google", r"\bAIza[\w-]{35}\b"),
    ("_live_",): ("a key of Stripe", r"\b[rs]k_live_[A-Za-z0-9]{16,}"),
    ("hf_",): ("a token of Hugging Face", r"\bhf_[A-Za-z]{30,}\b"),
    ("sk-",): ("an API key of a model provider", r"\bsk-(?:(?:ant|proj)-[\w-]{20,}|[A-Za-z0-9]{40,})"),
    ("npm_",): ("a token of npm", r"\bnpm_[A-Za-z0-9]{36}\b"),
    ("pypi-",): ("a token of PyPI", r"\bpypi-AgE[\w-]{50,}"),
    ("dckr_pat_",): ("a token of Docker Hub", r"\bdckr_pat_[\w-]{20,}"),
    ("hvs.",): ("a token of Vault", r"\bhvs\.[\w-]{24,}"),
    ("dapi",): ("a token of Databricks", r"\bdapi[0-9a-f]{32}\b"),
    ("glsa_",): ("a token of Grafana", r"\bglsa_[A-Za-z0-9]{32}_[0-9a-f]{8}\b"),
    ("SG.",): ("an API key of SendGrid", r"\bSG\.[\w-]{16,}\.[\w-]{16,}"),
    ("eyJ", "."): ("a JSON web token", r"\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{8,}"),
    ("AccountKey=",): ("a storage key of Azure", r"AccountKey=[A-Za-z0-9+/]{40,}"),
    ("://", "@"): ("a password", r"\b[a-z][a-z0-9+.-]*://[^/@:\s]*:(?![$<{])[^/@\s]+@"),
    ("://", "?", "="): (
        "a signature or a token",
        r"(?i)[?&](?:x-(?:amz|goog)-signature|sig|token|access_token|api_?key|password|secret)=(?![$<{])[^&]{8,}",
    ),
}
"""By texts without which the pattern cannot match: what it is, and the pattern."""

_PASSWORDS: Final = ("password", "passwd", "passphrase", "pwd")
_SECRETS: Final = (*_PASSWORDS, "secret", "token", "apikey", "credential", "credentials")
_KEYS: Final = ("api", "access", "secret", "private", "encryption", "signing", "account", "auth", "master", "storage")
_HINTS: Final = ("pass", "pwd", "secret", "token", "key", "credential")
_TOKENS_OF_TEXT: Final = frozenset(
    ["pad", "eos", "bos", "unk", "mask", "sep", "cls", "special", "start", "stop", "end", "image", "per", "max", "min"]
)
"""With these before it, a token is a piece of text to a model and no secret."""
_NO_SECRETS: Final = (
    r"(?i)(?:true|false|yes|no|on|off|none|null|optional|required|disabled|enabled)"
    r"|\.{0,2}/.*|\$[({].*|\{\{.*|<.*>|(?:arn|aws|env|file|gs|https?|op|ref\+\w+|s3|sm|ssm|vault):.*"
)


@rule(area="supply-chain", severity=Severity.ERROR, since="0.1.0")
def secret_in_spec(plan: Plan, _context: Context) -> Iterator[Issue]:
    """A password, a key or a token stands in the spec.

    ## What it does
    Looks in every text for what tokens of well-known services, private keys, passwords in addresses and signed links
    look like; and reports an environment variable or a trainer's parameter whose name says that it holds a secret
    (`…_PASSWORD`, `…_TOKEN`, `…_API_KEY`), unless its value is a path, a reference or a switch. The value
    is never shown, neither in the finding nor in the line that is printed with it.

    ## Why is this bad?
    Whoever can read the repository, the compiled manifests or the pods has it, and Git keeps it after it was deleted: a
    study found secrets in more than 100,000 public repositories, and most were still there two weeks later ("How bad
    can it Git?", NDSS 2019).

    ## Example
    ```yaml
    serving:
      env: {FEATURE_STORE_PASSWORD: correct-horse}
    ```

    ## Use instead
    The name of a Secret, whose keys become environment variables:
    ```yaml
    serving:
      secretRefs: [feature-store]
    ```
    """
    texts = [(path, value) for path, value in _texts(plan) if isinstance(value, str)]
    joined = "\n".join(value for _, value in texts)
    marks = [found for found in _MARKS if all(mark in joined for mark in found)]
    for path, value in texts:
        what = _recognised(value, marks) or _named(path, value)
        if what:
            message = f"`{show_path(path).removeprefix('spec.')}` holds {what}"
            yield Issue(path, message, _HELP[path[:3] == ENVIRONMENT], concealed=True)


_HELP: Final = {
    True: "give the pod a Secret by name in `serving.secretRefs`, and change the secret: Git keeps what stood here",
    False: "refer to a Secret by name (`secretRef`), and change the secret: Git keeps what stood here",
}


def _texts(plan: Plan) -> Iterator[tuple[Path, Any]]:
    yield from leaves(("spec",), plan.canonical["spec"])
    if plan.model:
        yield ("spec", "modelVersion", "uri"), plan.model.spec.model.uri


def _recognised(value: str, marks: list[tuple[str, ...]]) -> str | None:
    """What a text looks like by itself; documentation's own examples say so and are let be."""
    if "EXAMPLE" in value:
        return None
    likely = (_MARKS[found] for found in marks if all(mark in value for mark in found))
    return next((what for what, pattern in likely if re.search(pattern, value)), None)


def _named(path: Path, value: str) -> str | None:
    """What the name says that the value is, where people choose the names."""
    name = str(path[-1])
    if path[:3] != ENVIRONMENT and path[-2:-1] != ("parameters",):
        return None
    if not any(hint in name.lower() for hint in _HINTS):
        return None
    words = [word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", name)]
    last, before = words[-1] if words else "", words[-2] if len(words) > 1 else ""
    is_key = last == "key" and before in _KEYS
    if not is_key and (last not in _SECRETS or (last == "token" and before in _TOKENS_OF_TEXT)):
        return None
    text = value[1:-1] if value.startswith('"') else value
    if re.fullmatch(_NO_SECRETS, text) or _is_reference(text, last):
        return None
    return "a password" if last in _PASSWORDS else "a key" if is_key else "a secret"


def _is_reference(text: str, last: str) -> bool:
    """Whether a text is a number or the name of an object rather than a secret; a password may look like either."""
    if last in _PASSWORDS:
        return False
    is_number = bool(re.fullmatch(r"-?\d+(?:\.\d+)?", text))
    return is_number or (last in ("secret", "credentials") and bool(re.fullmatch(r"[a-z]+(?:[-.][a-z]+)*", text)))
