"""How Argo CD tells the health of a lifecycle, and of the Applications whose order the waves give."""

from __future__ import annotations

from lifespec_compiler.targets.kubernetes.metadata import DOMAIN, Json

from .permissions import NAMESPACE

LIFECYCLE = """\
local health = { status = "Progressing", message = "no agent has looked at it yet" }
if obj.metadata.deletionTimestamp ~= nil then
  health.message = "it is being deleted"
  return health
end
local status = obj.status
if status == nil or status.conditions == nil then
  return health
end
if status.observedGeneration ~= nil and status.observedGeneration ~= obj.metadata.generation then
  health.message = "the agent has not looked at the newest version yet"
  return health
end
local found = {}
for _, condition in ipairs(status.conditions) do
  found[condition.type] = condition
end
local function holds(kind)
  return found[kind] ~= nil and found[kind].status == "True"
end
local function told(kind, otherwise)
  local condition = found[kind]
  if condition ~= nil and condition.message ~= nil and condition.message ~= "" then
    return condition.message
  end
  return otherwise
end
if holds("Stalled") then
  return { status = "Degraded", message = told("Stalled", "the agent cannot go on") }
end
if status.phase == "Held" then
  return { status = "Suspended", message = told("Reconciling", "a person is asked") }
end
if holds("Reconciling") then
  return { status = "Progressing", message = told("Reconciling", "a rollout is open") }
end
if holds("Ready") then
  return { status = "Healthy", message = told("Ready", "") }
end
if found.Ready ~= nil and found.Ready.status == "False" then
  return { status = "Degraded", message = told("Ready", "it is not ready") }
end
return { status = "Progressing", message = told("Ready", "its state is not known yet") }
"""
"""Lua for kstatus's conditions. A sandbox runs it that has `ipairs` and tables, and no library for texts."""

APPLICATION = """\
local health = { status = "Progressing", message = "" }
if obj.status ~= nil and obj.status.health ~= nil and obj.status.health.status ~= nil then
  health.status = obj.status.health.status
  if obj.status.health.message ~= nil then
    health.message = obj.status.health.message
  end
end
return health
"""
"""An Application is as healthy as it says. Without this, waves of Applications do not wait for each other."""


def patch() -> Json:
    """A part of Argo CD's settings, to be merged into what stands there already."""
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "argocd-cm", "namespace": NAMESPACE},
        "data": {
            "resource.customizations.health.argoproj.io_Application": APPLICATION,
            f"resource.customizations.health.{DOMAIN}_ModelLifecycle": LIFECYCLE,
        },
    }
