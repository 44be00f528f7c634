#!/bin/sh
# Shows the README's screens happening: its commands, run in a copy of the specs. Nothing in the repository is changed.
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
mkdir "$copy/specs"
cp "$root/lifespec.yaml" "$copy"
cp -R "$root/specs/minimal" "$copy/specs"
cd "$copy"

{
    echo 'cat specs/minimal/lifecycle.yaml'
    sed -n '/^```console$/,/^```$/s/^\$ //p' "$root/README.md"
} | while IFS= read -r command; do
    printf '$ %s\n' "$command"
    sh -c "$command" </dev/null
done
