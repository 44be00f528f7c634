"""Digests that stand for ones to come."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from lifespec_schema.findings import Severity

from .context import Context
from .rule import Issue, rule
from .values import leaves

if TYPE_CHECKING:
    from lifespec_compiler.plan import Plan

_PLACEHOLDER = re.compile(r"(?:[^@]*@)?sha256:([0-9a-f])\1{63}", re.ASCII)


@rule(area="lint", severity=Severity.INFO, since="0.1.0")
def placeholder_digest(plan: Plan, _context: Context) -> Iterator[Issue]:
    """A digest is one letter repeated 64 times, as in examples.

    ## What it does
    Reports digests of images and models that consist of one hexadecimal digit, the language's way to write an
    example.

    ## Why is this bad?
    No registry holds such an image: the pod would wait for ever in `ImagePullBackOff`. In an example that is as
    it should be, so this is only information; a project with real models raises it: `severities:
    {placeholder-digest: error}`.

    ## Example
    ```yaml
    serving:
      image: registry.example.com/churn-serve@sha256:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb
    ```

    ## Use instead
    The digest that your registry shows for the image, for instance by `docker buildx imagetools inspect <image>`.
    """
    for path, value in leaves((), plan.canonical):
        if isinstance(value, str) and _PLACEHOLDER.fullmatch(value):
            what = value.partition("@")[0] if "@" in value else "the model"
            message = f"the digest of {what} is a placeholder, one letter repeated"
            yield Issue(path, message, "write the digest that the registry shows")
