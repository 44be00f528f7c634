"""What each choice of a field means, for the editors that show it while people choose.

A field is named by its property alone, or, where the name means several things, by definition and property.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from lifespec_schema.catalog import FAMILIES

_DRIFT: Final = {
    "auto": "The statistic that fits; its threshold follows from the false alarms that are allowed.",
    **{metric.id: metric.meaning for metric in FAMILIES["drift"]},
}

CHOICES: Final[Mapping[str, Mapping[str, str]]] = {
    "Arrivals.shape": {
        "flat": "As many requests at every hour.",
        "daily": "Few at night, many in the afternoon.",
    },
    "Asked.verb": {
        "approve": "The rollout may go on to the phase that waits for it.",
        "abort": "The candidate is taken away.",
        "pause": "The rollout is held where it stands.",
        "resume": "A held rollout goes on.",
        "retrain": "A training begins, whatever the triggers say.",
        "retry": "The first candidate, which was rolled back, may try again.",
    },
    "Behaviour.offline": {
        "passes": "All bounds are held.",
        "fails": "A bound is broken.",
        "failsSlice": "A bound is broken on a single slice.",
        "unsure": "There is too little to tell.",
    },
    "Change.metrics": {
        "stop": "The servers give none; what they would have counted is lost.",
        "sourceDown": "The metrics system does not answer; what it counted is seen afterwards.",
    },
    "Change.nominate": {
        "another": "A new model that nobody has seen.",
        "candidate": "The candidate, again.",
        "stable": "What serves.",
    },
    "DriftPath.kind": {
        "sudden": "At once.",
        "gradual": "In a straight line.",
        "seasonal": "Up and down again.",
    },
    "DriftPath.of": {
        "data": "What monitors of inputs and answers see.",
        "concept": "What monitors of quality see.",
        "all": "Both.",
    },
    "People.whenHeld": {
        "wait": "They do nothing.",
        "abort": "They take the candidate away.",
        "resume": "They let it go on.",
    },
    "ScenarioSpec.deployed": {
        "stable": "A model serves.",
        "nothing": "There is no model yet.",
    },
    "ScenarioSpec.training": {
        "succeeds": "They make a model.",
        "fails": "They make none.",
    },
    "action": {
        "report": "The row is counted, and otherwise treated as any other.",
        "drop": "The row is left out of training.",
        "clip": "The value is set to the bound that it exceeds.",
    },
    "averaging": {
        "micro": "All decisions are counted together, so that frequent classes weigh most.",
        "macro": "The mean over the classes, so that each class weighs the same.",
        "weighted": "The mean over the classes, each weighed by its share.",
    },
    "before": {
        "offline": "Before the model is evaluated on the test split.",
        "shadow": "Before it gets copies of requests.",
        "canary": "Before it answers its first users.",
        "promoting": "Before it gets all traffic.",
    },
    "ci": {
        "github": "A workflow of GitHub Actions.",
        "gitlab": "A pipeline to include, of GitLab CI.",
        "none": "No pipeline is written.",
    },
    "classification": {
        "public": "Anybody may know it.",
        "internal": "For people of the company.",
        "confidential": "For those who need it.",
        "restricted": "For those who are named.",
        "pii": "Tells who a person is; never shows in samples.",
        "protected": "A protected attribute, such as age; never shows in samples, and fairness may be judged by it.",
    },
    "direction": {"increase": "More is better.", "decrease": "Less is better."},
    "failOn": {
        "error": "Only errors fail.",
        "warning": "Warnings and errors fail.",
        "info": "Any finding fails.",
    },
    "features": {
        "numeric": "All features that are numbers.",
        "categorical": "All features that are categories.",
        "all": "All features.",
    },
    "KindOfFeatures.kind": {
        "numeric": "All features that are numbers.",
        "categorical": "All features that are categories.",
        "all": "All features.",
    },
    "ComputedBaseline.kind": {
        "majorityClass": "Always answers the most frequent class.",
        "stratifiedRandom": "Answers by chance, with the shares of the classes.",
        "logisticRegression": "A linear model of the log-odds.",
        "mean": "Always answers the mean of the label.",
        "median": "Always answers the median of the label.",
        "linearRegression": "A linear model by least squares.",
        "popularity": "Orders by how often an item was chosen.",
        "persistence": "Answers the last known value.",
        "seasonalNaive": "Answers the value of one season before.",
    },
    "PlainTransform.kind": {
        "none": "As it is.",
        "standardize": "Mean 0 and standard deviation 1.",
        "minMax": "From 0 to 1.",
        "log1p": "The logarithm of one more.",
        "oneHot": "A column for each category.",
        "ordinal": "A whole number for each category.",
        "frequency": "The category's share of the rows.",
    },
    "ImputeTransform.value": {
        "mean": "The mean of the training split.",
        "median": "The median of the training split.",
        "mostFrequent": "The most frequent value of the training split.",
        "constant": "The value of `constant`.",
    },
    "Repository.kind": {"github": "On GitHub.", "gitlab": "On GitLab."},
    "Source.format": {
        "parquet": "Apache Parquet.",
        "csv": "Comma-separated text with a header.",
        "json": "One JSON document.",
        "jsonl": "A JSON document on each line.",
        "delta": "A Delta Lake table.",
        "iceberg": "An Apache Iceberg table.",
    },
    "ModelArtifact.format": {
        "onnx": "Open Neural Network Exchange: data only.",
        "safetensors": "Tensors: data only.",
        "gguf": "Quantised tensors: data only.",
        "xgboost": "XGBoost's own format: data only.",
        "lightgbm": "LightGBM's own format: data only.",
        "tensorflow": "A SavedModel.",
        "pytorch": "A pickle by PyTorch: runs code when it is loaded.",
        "sklearn": "A pickle by scikit-learn: runs code when it is loaded.",
        "pickle": "A pickle: runs code when it is loaded.",
    },
    "gitops": {
        "argocd": "Argo CD applies what is generated.",
        "flux": "Flux applies what is generated.",
        "none": "No delivery objects are written.",
    },
    "logicalType": {
        "string": "Text.",
        "integer": "Whole numbers.",
        "number": "Numbers.",
        "boolean": "True or false.",
        "date": "A day.",
        "timestamp": "A moment.",
        "time": "A time of day.",
        "object": "A record.",
        "array": "A list.",
        "map": "A mapping.",
        "vector": "An embedding.",
    },
    "Labels.method": {
        "observed": "The world tells it: the customer left, or did not.",
        "annotated": "People write it, so they may disagree.",
        "derived": "A rule makes it out of other data.",
    },
    "DataMonitor.method": _DRIFT,
    "PredictionMonitor.method": _DRIFT,
    "OutlierRule.method": {
        "iqr": "Tukey's fences: further from the quartiles than a multiple of what lies between them.",
        "zScore": "Further from the mean than so many standard deviations.",
        "percentile": "In the tails beyond a percentile.",
    },
    "Search.method": {
        "random": "Drawn by chance from the space.",
        "grid": "All combinations, in order.",
        "bayesian": "Where the trials so far promise most.",
    },
    "QualityRule.metric": {metric.id: metric.meaning for metric in FAMILIES["contract"]},
    "nominate": {
        "pullRequest": "A pull request changes the model version; its merge nominates.",
        "direct": "The agent nominates at once; a pull request follows, to record it.",
        "manual": "The model waits until a person writes it into Git.",
    },
    "onDelete": {
        "keep": "The stable revision goes on serving.",
        "remove": "What serves is removed too.",
    },
    "onNoData": {
        "hold": "The rollout waits where it is.",
        "rollback": "The candidate is taken back.",
        "ignore": "The window counts neither for nor against the candidate.",
    },
    "onTimeout": {
        "hold": "The rollout waits for a person.",
        "rollback": "The candidate is taken back.",
    },
    "QueryMetric.per": {
        "request": "Requests are counted.",
        "user": "Users are counted; needs `assignment.unit: user`.",
    },
    "platform": {
        "deployment": "A plain Deployment.",
        "kserve": "KServe.",
        "seldon": "Seldon Core.",
    },
    "problem": {
        "binaryClassification": "One of two answers, with a score.",
        "multiclassClassification": "One of several answers.",
        "regression": "A number.",
        "ranking": "The order of a list.",
        "forecasting": "A number in the future of a series.",
    },
    "protocol": {
        "openInference": "Open Inference Protocol, version 2.",
        "http": "HTTP, in the server's own words.",
    },
    "reference": {
        "training": "What the serving revision was trained on, so that a promotion sets the reference anew.",
        "previous": "The window before.",
    },
    "relativeGates": {
        "skip": "The first model is held to the absolute gates only.",
        "refuse": "A person decides on the first model.",
    },
    "runner": {
        "agent": "The agent trains, in the cluster.",
        "ci": "CI trains, and the agent does not.",
    },
    "severities": {
        "error": "Fails lint, whatever `failOn` says.",
        "warning": "Fails lint by default.",
        "info": "Worth knowing; fails lint only with `failOn: info`.",
    },
    "Alert.severity": {
        "page": "Somebody is woken.",
        "ticket": "Somebody looks at it in working hours.",
    },
    "QualityRule.severity": {
        "error": "Stops the run.",
        "warning": "Is reported, and the run goes on.",
        "info": "Is noted.",
    },
    "sli": {
        "availability": "The share of answers that are no errors.",
        "latency": "The share of answers that come within `threshold`.",
    },
    "targets": {
        "kubernetes": "What serves, trains and measures, with the lifecycle's own objects.",
        "prometheus": "Rules that record and alert.",
        "grafana": "A dashboard.",
        "docs": "A model card.",
    },
    "QualityRule.unit": {
        "rows": "A number of rows.",
        "percent": "Per cent of the rows.",
    },
    "Assignment.unit": {
        "request": "Each request by chance.",
        "user": "Each user always the same; the caller sends `bucketHeader`.",
    },
    "via": {
        "gatewayApi": "An HTTPRoute of the Gateway API, which the agent weighs.",
        "argoRollouts": "A Rollout of Argo Rollouts.",
    },
}
