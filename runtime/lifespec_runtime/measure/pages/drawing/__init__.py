"""Pictures as inline SVG: plain functions from values to marks, which know nothing of models or reports."""
