"""Pictures as SVG: plain functions from values to marks, which know nothing of models, reports or rollouts."""
