"""The names of all alerts: what routes, silences and the runbook know them by."""

from __future__ import annotations

from typing import Final

MONITOR_BREACHED: Final = "LifespecMonitorBreached"
MONITOR_REPORT_STALE: Final = "LifespecMonitorReportStale"
MONITOR_REPORT_ABSENT: Final = "LifespecMonitorReportAbsent"
MODEL_STALE: Final = "LifespecModelStale"
DATA_STALE: Final = "LifespecDataStale"
DATA_AGE_ABSENT: Final = "LifespecDataAgeAbsent"
BUDGET_BURNS_FAST: Final = "LifespecErrorBudgetBurnsFast"
BUDGET_BURNS_SLOWLY: Final = "LifespecErrorBudgetBurnsSlowly"
REQUESTS_ABSENT: Final = "LifespecRequestsAbsent"
LATENCY_BUCKET_ABSENT: Final = "LifespecLatencyBucketAbsent"
ROLLOUT_HELD: Final = "LifespecRolloutHeld"
BOOTSTRAP_HELD: Final = "LifespecBootstrapHeld"
ROLLED_BACK: Final = "LifespecRolledBack"
CHECK_ERROR: Final = "LifespecCheckError"
ROLLOUT_UNGUARDED: Final = "LifespecRolloutUnguarded"
AGENT_NOT_RECONCILING: Final = "LifespecAgentNotReconciling"
AGENT_ABSENT: Final = "LifespecAgentAbsent"
UNANSWERED: Final = "LifespecUnanswered"
