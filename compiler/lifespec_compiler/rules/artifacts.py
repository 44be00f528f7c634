"""What the spec lets in from outside: models that run code, names that can be moved, addresses without encryption."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from lifespec_schema.findings import Path, Severity

from .context import Context
from .rule import Edit, Issue, rule
from .values import leaves, written

if TYPE_CHECKING:
    from lifespec_compiler.plan import Plan

MODEL: Path = ("spec", "modelVersion")
"""Where the canonical form has the model; places lead to `spec.model` of model.yaml."""

_PICKLED_FORMATS: Final = ("pickle", "sklearn", "pytorch")
_PICKLED_FILES: Final = (".pkl", ".pickle", ".joblib", ".dill", ".cloudpickle", ".pt", ".pth", ".ckpt")
_OPEN_SCHEMES: Final = ("http", "ftp")
_INSIDE: Final = ("localhost", "127.0.0.1")
_INSIDE_ENDS: Final = (".svc", ".svc.cluster.local")


@rule(area="supply-chain", severity=Severity.WARNING, since="0.1.0")
def pickled_model(plan: Plan, _context: Context) -> Iterator[Issue]:
    """A model is stored in a form that runs code when it is loaded.

    ## What it does
    Reports a model version whose `format` is `pickle`, `sklearn` or `pytorch`, and one whose file is named as pickles
    are (`.pkl`, `.joblib`, `.pt` and so on) while its `format` says something else.

    ## Why is this bad?
    Whoever can write the file runs code with the rights of the server. Scanners and restricted loaders are a tripwire,
    not a fence: picklescan was evaded (CVE-2025-1716), and PyTorch's `weights_only=True` was too (CVE-2025-32434). The
    digest says which file it is, not what is in it.

    ## Example
    ```yaml
    # model.yaml
    model: {uri: "s3://models/churn/17/model.joblib", format: sklearn}
    ```

    ## Use instead
    ```yaml
    # model.yaml
    model: {uri: "s3://models/churn/17/model.onnx", format: onnx}
    ```
    Who trusts everybody who can write there may waive it, or lower it for the project:
    `severities: {pickled-model: info}`.
    """
    if plan.model is None:
        return
    model = plan.model.spec.model
    ending = next((ending for ending in _PICKLED_FILES if model.uri.lower().rstrip("/").endswith(ending)), None)
    help_text = "store weights without code: `onnx`, `safetensors`, `gguf`, or the library's own data format"
    if model.format in _PICKLED_FORMATS:
        message = f"a model in the format `{model.format}` runs the code that is in it when it is loaded"
        yield Issue((*MODEL, "format"), message, help_text, about=plan.model.metadata.name)
    elif ending:
        message = f"the file ends in `{ending}`, as pickles do, and its format is said to be `{model.format}`"
        yield Issue((*MODEL, "uri"), message, f"correct `format`; or {help_text}", about=plan.model.metadata.name)


_IMAGE_BY_TAG: Final = r"[a-z0-9-]+(?:\.[a-z0-9-]+)+(?::\d+)?(?:/[a-z0-9._-]+)+:[A-Za-z_][\w.-]*"


@rule(area="supply-chain", severity=Severity.WARNING, since="0.1.0")
def movable_reference(plan: Plan, _context: Context) -> Iterator[Issue]:
    """Something is named by a tag or as the latest, which means something else tomorrow.

    ## What it does
    The language takes the images of trainers and servers by digest only. This reports what it lets through: the model
    or a source in a container registry (`oci://`, `docker://`) without a digest; a model whose address has a folder
    `latest`; and an image by tag in an environment variable or a trainer's parameter.

    ## Why is this bad?
    The same spec gives another model, or other code, without a change in Git, so that neither review nor rollback holds
    what runs. Tags are moved by attackers too: those of the GitHub action tj-actions/changed-files were pointed at code
    that printed its users' secrets (CVE-2025-30066).

    ## Example
    ```yaml
    serving:
      env: {EXPLAINER: "registry.example.com/explainer:stable"}
    ```

    ## Use instead
    ```yaml
    serving:
      env: {EXPLAINER: "example.com/e@sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"}
    ```
    """
    by_digest = "name it by digest: `name@sha256:…`; a registry prints it at each push"
    addresses = [((*path, "uri"), uri) for path, uri in _sources(plan)]
    if plan.model:
        uri = plan.model.spec.model.uri
        addresses.append(((*MODEL, "uri"), uri))
        if "latest" in uri.split("/")[3:]:
            message = "what lies under `latest` changes, and a model version does not"
            help_text = "name the folder of this version: it must go on holding what `digest` says"
            yield Issue((*MODEL, "uri"), message, help_text, about=plan.model.metadata.name)
    for path, uri in addresses:
        if uri.startswith(("oci://", "docker://")) and "@sha256:" not in uri:
            yield Issue(path, "an address in a registry without a digest can be moved", by_digest)
    for path, text in _free_texts(plan):
        if ":" in text and "/" in text and re.fullmatch(_IMAGE_BY_TAG, text, re.ASCII):
            yield Issue(path, f"`{path[-1]}` names an image by a tag, which can be moved", by_digest)


@rule(area="supply-chain", severity=Severity.WARNING, since="0.1.0")
def plain_http_artifact(plan: Plan, _context: Context) -> Iterator[Issue]:
    """Data or a model comes, or goes, over a connection that anybody on the way can read and change.

    ## What it does
    Reports `http://` and `ftp://` in the addresses of sources, of the model, of artifacts, of the prediction log and of
    a batch model's output. Addresses inside the cluster (`.svc`, `.svc.cluster.local`, names without a dot) are not
    reported: what protects those is the network policy.

    ## Why is this bad?
    Training data that is swapped on the way makes a model that passes every gate and does what the attacker wants: with
    nothing but expired domains, 0.01% of well-known web-scale data sets could have been poisoned for 60 dollars
    ("Poisoning web-scale training datasets is practical", IEEE Symposium on Security and Privacy 2024).

    ## Example
    ```yaml
    data:
      sources:
        - name: customers
          uri: http://data.example.com/customers/
          schema: [{name: tenure_months, logicalType: integer}, {name: churned, logicalType: boolean}]
    features: [tenure_months]
    ```

    ## Use instead
    ```yaml
    data:
      sources:
        - name: customers
          uri: https://data.example.com/customers/
          schema: [{name: tenure_months, logicalType: integer}, {name: churned, logicalType: boolean}]
    features: [tenure_months]
    ```
    """
    for path, uri in _addresses(plan):
        scheme, _, rest = uri.partition("://")
        host = rest.partition("/")[0].rpartition("@")[2].partition(":")[0].lower()
        if scheme not in _OPEN_SCHEMES or host in _INSIDE or "." not in host or host.endswith(_INSIDE_ENDS):
            continue
        message = f"what comes from `{host}` by `{scheme}` can be read and changed on the way"
        help_text = "use `https`, or, for a service of the cluster, its full name `<name>.<namespace>.svc`"
        yield Issue(path, message, help_text, edit=_encrypted(path, uri) if scheme == "http" else None)


def _encrypted(path: Path, uri: str) -> Edit:
    return Edit("use https", path, f"https{uri.removeprefix('http')}")


def _addresses(plan: Plan) -> Iterator[tuple[Path, str]]:
    """Where data and models come from and go to."""
    yield from ((("spec", "data", "sources", index, "uri"), uri) for (*_, index), uri in _sources(plan))
    for path in (
        ("spec", "serving", "output"),
        ("spec", "monitoring", "predictions", "log"),
        ("spec", "platform", "artifacts", "uri"),
    ):
        uri = written(plan.canonical, path)
        if isinstance(uri, str):
            yield path, uri
    if plan.model:
        yield (*MODEL, "uri"), plan.model.spec.model.uri


def _sources(plan: Plan) -> Iterator[tuple[Path, str]]:
    for index, source in enumerate(plan.spec.data.sources):
        if source.uri is not None:
            yield ("spec", "data", "sources", index), source.uri


def _free_texts(plan: Plan) -> Iterator[tuple[Path, str]]:
    """Values that the language hands on without looking at them: environment variables and trainers' parameters."""
    yield from leaves(("spec", "serving", "env"), written(plan.canonical, ("spec", "serving", "env")) or {})
    candidates: list[Any] = plan.canonical["spec"]["experiments"]["candidates"]
    for index, candidate in enumerate(candidates):
        path: Path = ("spec", "experiments", "candidates", index, "parameters")
        for name, value in (candidate.get("parameters") or {}).items():
            yield (*path, name), unquoted(value)


def unquoted(value: str) -> str:
    """The text of a value of open type, which the canonical form holds as JSON."""
    return value[1:-1] if value.startswith('"') else value
